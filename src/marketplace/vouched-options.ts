import type { ArchiveFacts } from '#archive'
import { type Clock, type Dependency, type ErrorCode, GgenError, isGgenError, LIMITS, type Version } from '#core'
import { changedUpstream, type VouchedVersion, whyNotOffered } from '#foreign'
import { prerelease, rcompare, satisfies } from 'semver'
import { bringVouched, describeVouched, type VouchedParts } from './bring-vouched.ts'
import type { LockedVouched } from './install-plan.ts'
import type { OptionsRequest, PlanOption, PlanOptions } from './plan-session.ts'
import { type NamedVouched, openingOf, type Vouching } from './vouching.ts'

/** What is wrong with an archive for everybody who has it: its bytes are the ones that were named. */
const FAULTS: ReadonlySet<ErrorCode> = new Set([
  'integrity', 'archive-unsafe', 'archive-broken', 'archive-too-large', 'manifest-missing', 'manifest-invalid', 'name-invalid', 'version-invalid',
])

/** The releases of a package of an index that a plan may choose from. Throws why there are none in the range that the project wants. */
export const vouchedOptions = (
  named: NamedVouched, { spec: { range }, locked, keepsLocked, isNamed = false }: OptionsRequest, parts: VouchedParts & { readonly vouching: Vouching },
): PlanOptions => {
  const { offered } = named
  const kept = locked?.source === undefined ? undefined : locked
  if (kept !== undefined && kept.source !== named.registry.name) {
    if (!keepsLocked) throw otherSource(kept, named.registry.name)
    return lockedOptions(kept, parts)
  }
  const contest = offered.contested.find(({ version }) => version === kept?.version)
  const others = offered.vouched.filter(({ version }) => version !== kept?.version).map((version) => vouchedOption(named, version, parts))
  const releases = inOrder([...(kept === undefined ? [] : [lockedOption(kept, parts)]), ...others], keepsLocked ? kept?.version : undefined)
  // Whoever asks for this name has to know that what is there is not what upstream has under that version.
  if (isNamed && contest !== undefined && releases[0]?.version === contest.version) throw changedUpstream(offered.name, contest.version, contest.digests)
  const whyNone = (wanted: string | undefined): GgenError => whyNotOffered(offered, wanted)
  if (!releases.some(({ version }) => range === undefined || version === range || satisfies(version, range))) throw whyNone(range)
  return { releases, lookAlikes: [], whyNone }
}

/** What a project has, where nobody who is asked knows of more: it stays, or nothing does. */
export const lockedOptions = (locked: LockedVouched, parts: VouchedParts): PlanOptions => ({
  releases: [lockedOption(locked, parts)],
  lookAlikes: [],
  whyNone: (range) =>
    new GgenError('version-not-found', `${locked.name} ${range ?? '*'} is wanted, and this project has ${locked.version} of ${locked.source}`, {
      hint: 'ask that index for others: --registry ADDRESS', details: { name: locked.name, source: locked.source },
    }),
})

const inOrder = (options: readonly PlanOption[], first: Version | undefined): readonly PlanOption[] =>
  options
    .toSorted((a, b) => Number(b.version === first) - Number(a.version === first) || Number(isEarly(a)) - Number(isEarly(b)) || rcompare(a.version, b.version))
    .slice(0, LIMITS.planCandidates)

const isEarly = ({ version }: PlanOption): boolean => prerelease(version) !== null

const lockedOption = ({ version, source, digest, sha512, sizeBytes, dependencies }: LockedVouched, { blobs }: VouchedParts): PlanOption => ({
  version,
  isLeaf: dependencies.length === 0,
  holds: async () => (await blobs.size(digest)) === sizeBytes,
  wants: async () => dependencies.map((need): Dependency => ({ ...need, kind: 'needed' })),
  assertNoDowngrade: () => undefined,
  told: () => ({ source, digest, sha512, sizeBytes }),
})

/** What it wants is in its archive, and nowhere else: that is brought, and is here for who installs it. */
const vouchedOption = (named: NamedVouched, version: VouchedVersion, parts: VouchedParts & { readonly vouching: Vouching }): PlanOption => {
  const { blobs, vouching } = parts
  const { foreign: { name }, registry } = named
  let known: ArchiveFacts | undefined
  return {
    version: version.version,
    isLeaf: false,
    holds: async () => (await blobs.size(version.digest)) !== undefined,
    wants: async ({ isOffline, signal }) => {
      const peers = isOffline ? undefined : vouching.peersFor(name)
      const whyNot = new GgenError('blob-not-found', `the archive of ${name}@${version.version} is not here`, { details: { name, version: version.version } })
      const from = isOffline ? {} : { from: openingOf(named, name, version) }
      await bringVouched(parts, { name, version, ...from, ...(peers !== undefined && { peers }), whyNot }, signal)
      try {
        known = await describeVouched(blobs, { name, version: version.version, digest: version.digest }, signal)
      } catch (error) {
        if (isGgenError(error) && FAULTS.has(error.code)) return error
        throw error
      }
      await noteSeen(named, version, parts.clock)
      return known.manifest.dependencies
    },
    assertNoDowngrade: () => undefined,
    told: () => {
      if (known === undefined) throw new GgenError('internal', `${name}@${version.version} was planned before it was read`)
      const { digest, sha512, sizeBytes } = known.fingerprint
      return { source: registry.name, digest, sha512, sizeBytes }
    },
  }
}

/** A version is bound to the bytes that were named first, whatever the index says later. */
export const noteSeen = async ({ foreign: { name }, look: { mirror } }: NamedVouched, { version, digest }: VouchedVersion, clock: Clock): Promise<void> => {
  if (mirror.ledger.firstOf({ name, version }) === undefined) await mirror.note({ what: 'seen', name, version, digest, at: clock.now() })
}

const otherSource = ({ name, source }: LockedVouched, other: string): GgenError =>
  new GgenError('identity-changed', `${name} of this project is of ${source}; what is asked for is of ${other}`, {
    hint: `if that is what you want, remove ${name} and install it again`, details: { name, pinned: source, other },
  })
