import { readMetadata } from '#archive'
import { type Clock, type Dependency, type ErrorCode, GgenError, isGgenError, type ReleaseOp } from '#core'
import type { FetchOptions, Sought } from '#flow/fetch'
import { verifyArchive } from '#flow/verify'
import type { BlobStore } from '#store'
import type { ReleaseView } from '#trust'
import type { VouchedParts } from './bring-vouched.ts'
import type { Candidates, InstallGate } from './install-gate.ts'
import type { OptionsRequest, PlanOption, PlanOptions, PlanSources } from './plan-session.ts'
import { giversOf, type Registries } from './registries.ts'
import { heldBytes, type SmallBlob } from './small-blob.ts'
import { lockedOptions, vouchedOptions } from './vouched-options.ts'
import type { Vouching } from './vouching.ts'

export interface PlanSourceParts extends VouchedParts {
  readonly gate: Pick<InstallGate, 'candidates' | 'assertNoDowngrade'>
  readonly blobs: BlobStore
  readonly clock: Clock
  /** Throws as `bringSmall`. */
  readonly bringSmall: (blob: SmallBlob, archive: Sought, signal: AbortSignal) => Promise<Uint8Array>
  /** Absent: peers alone. */
  readonly registries?: Pick<Registries, 'isPrivateName'>
  /** Whom to ask; absent: those that the operator chose. */
  readonly among?: Registries
  /** The index of somebody else that may be among those. */
  readonly vouching: Vouching
  /** Brings an archive here and verifies it; its metadata document is here then. */
  readonly bring: (release: ReleaseOp, options: FetchOptions) => Promise<unknown>
}

/** What a planner knows and asks on a node. */
export const planSources = (parts: PlanSourceParts): PlanSources => ({
  candidates: (request, signal) => candidatesOf(parts, request, signal),
  pause: (signal) => parts.clock.wait(0, signal),
})

const candidatesOf = async (parts: PlanSourceParts, request: OptionsRequest, signal: AbortSignal): Promise<PlanOptions> => {
  const { gate, among, vouching } = parts
  const { spec: { name, identity }, trust, locked, isOffline, wantsNews } = request
  if (locked?.source !== undefined) {
    const named = await vouching.named(name, { isOffline, isAnew: wantsNews }, signal)
    return named === undefined ? lockedOptions(locked, parts) : vouchedOptions(named, request, parts)
  }
  const { locked: _none, ...rest } = request
  const asked = { ...rest, ...(locked !== undefined && { locked }), ...(among !== undefined && { among }) }
  return await vouching.choose({
    name, isOffline,
    isSigned: identity !== undefined || trust !== undefined || locked !== undefined,
    isAnew: wantsNews,
    signed: async () => signedOptions(await gate.candidates(asked, signal), parts),
    vouched: async (named) => vouchedOptions(named, request, parts),
  }, signal)
}

/** Where the releases that a gate lets through say what they want. */
export const signedOptions = (candidates: Candidates, parts: Omit<PlanSourceParts, 'vouching' | 'transfers'>): PlanOptions =>
  ({ ...candidates, releases: candidates.releases.map((release) => signedOption(candidates, release, parts)) })

const signedOption = ({ view }: Candidates, chosen: ReleaseView, parts: Omit<PlanSourceParts, 'vouching' | 'transfers'>): PlanOption => {
  const { release } = chosen
  const { body: { version, dependencies, artifact: { digest, sha512, sizeBytes } }, identity } = release
  return {
    version,
    isLeaf: dependencies === 0,
    holds: async () => (await parts.blobs.size(digest)) === sizeBytes,
    wants: ({ isOffline, signal }) =>
      signedWants(release, () => (isOffline ? metadataHere(parts.blobs, release, signal) : bringMetadata(parts, release, signal))),
    assertNoDowngrade: () => parts.gate.assertNoDowngrade({ view, chosen }),
    told: () => ({ identity, digest, sha512, sizeBytes }),
  }
}

/** What is wrong with a release for everybody, because it was signed so. */
const SIGNED_FAULTS: ReadonlySet<ErrorCode> = new Set(['integrity', 'archive-unsafe', 'archive-broken', 'archive-too-large'])

/** The document has to say what the signed release says of it. */
const signedWants = async ({ body }: ReleaseOp, read: () => Promise<Uint8Array>): Promise<readonly Dependency[] | GgenError> => {
  try {
    const { name, version, dependencies } = readMetadata(await read())
    if (name === body.name && version === body.version && dependencies.length === body.dependencies) return dependencies
  } catch (error) {
    if (isGgenError(error) && SIGNED_FAULTS.has(error.code)) return error
    throw error
  }
  return new GgenError('integrity', `the metadata document of ${body.name}@${body.version} contradicts its signed record`, {
    details: { contradictions: ['metadata'] },
  })
}

/** Out of the store, where the archive says the same. */
const metadataHere = async (blobs: BlobStore, release: ReleaseOp, signal: AbortSignal): Promise<Uint8Array> =>
  (await heldBytes(blobs, release.body.metadata)) ?? (await verifyArchive(blobs, release, signal)).facts.metadata

/** The document alone is small; where nobody has it, it is made of the archive. */
const bringMetadata = async (parts: Omit<PlanSourceParts, 'vouching' | 'transfers'>, release: ReleaseOp, signal: AbortSignal): Promise<Uint8Array> => {
  const { blobs, bringSmall, bring, registries, among } = parts
  const { metadata, artifact, name, version } = release.body
  try {
    const isPrivate = registries?.isPrivateName(name) === true
    return await bringSmall(metadata, { ...artifact, isPrivate, ...(among !== undefined && { givers: giversOf(among) }) }, signal)
  } catch (error) {
    if (!isGgenError(error, 'no-holder')) throw error
  }
  await bring(release, { urgency: 'interactive', signal })
  const bytes = await heldBytes(blobs, metadata)
  if (bytes === undefined) throw new GgenError('no-holder', `the metadata document of ${name}@${version} did not stay here`)
  return bytes
}
