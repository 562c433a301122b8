import { type Digest, GgenError, type PackageName, type Version } from '#core'
import { Range, satisfies } from 'semver'
import type { ForeignClash, ForeignPackage, ForeignVersion } from './foreign-index.ts'

/** A version for whose archive an index vouches. */
export type VouchedVersion = ForeignVersion & { readonly digest: Digest }

/** A version for which the source named two digests. */
export interface ContestedVersion {
  readonly version: Version
  readonly digests: readonly [first: Digest, later: Digest]
}

/** What may be taken of a package of an index, and what not. Each newest first. */
export interface OfferedVersions {
  readonly name: PackageName
  readonly vouched: readonly VouchedVersion[]
  /** Of which the index names other bytes than somewhere else, or than at first. */
  readonly contested: readonly ContestedVersion[]
  /** For which the index vouches with no digest. */
  readonly bare: readonly ForeignVersion[]
}

/** Sorts the versions of a package by what the index says of them, and what it said first. */
export const offeredVersions = (
  { name, versions }: Pick<ForeignPackage, 'name' | 'versions'>, clashes: readonly ForeignClash[], firstOf: (version: Version) => Digest | undefined,
): OfferedVersions => {
  const [vouched, contested, bare]: [VouchedVersion[], ContestedVersion[], ForeignVersion[]] = [[], [], []]
  const clashed = new Map(clashes.filter((clash) => clash.name === name).map(({ version, digests }) => [version, digests]))
  for (const one of versions) {
    const { version, digest } = one
    const clash = clashed.get(version)
    const first = firstOf(version)
    if (digest === undefined) bare.push(one)
    else if (first !== undefined && first !== digest) contested.push({ version, digests: [first, digest] })
    else if (clash !== undefined) contested.push({ version, digests: clash })
    else vouched.push({ ...one, digest })
  }
  return { name, vouched, contested, bare }
}

/** Why nothing in a range can be installed, where nothing can: `disputed`, `digest-invalid`, `version-not-found`, `range-invalid`. */
export const whyNotOffered = ({ name, vouched, contested, bare }: OfferedVersions, range: string | undefined): GgenError => {
  const isWanted = isInRange(range)
  const changed = contested.find(isWanted)
  if (changed !== undefined) return changedUpstream(name, changed.version, changed.digests)
  const without = bare.find(isWanted)
  if (without !== undefined) {
    return new GgenError('digest-invalid', `${name}@${without.version}: ${without.without ?? 'the index names no digest'}`, {
      hint: 'an index that vouches for no bytes cannot be installed from', details: { name, version: without.version },
    })
  }
  const versions = [...vouched, ...contested, ...bare].map(({ version }) => version)
  return new GgenError('version-not-found', `the index names no version of ${name} in ${range ?? '*'}`, {
    hint: `it names ${versions.slice(0, 10).join(', ')}`, details: { name },
  })
}

/** Whether a version is in a range; no range, `*` and `latest` take every one. Throws `range-invalid`. */
export const isInRange = (range: string | undefined): ((one: { readonly version: Version }) => boolean) => {
  if (range === undefined || range === '*' || range === 'latest') return () => true
  try {
    const parsed = new Range(range)
    return ({ version }) => version === range || satisfies(version, parsed)
  } catch (error) {
    throw new GgenError('range-invalid', `not a version or range: ${JSON.stringify(range.slice(0, 80))}`, { cause: error })
  }
}

/** A version whose bytes are not those that it had at first. */
export const changedUpstream = (name: PackageName, version: Version, [first, later]: readonly [Digest, Digest]): GgenError =>
  new GgenError('disputed', `the source changed ${name}@${version}, which was out: its archive was ${first}, and now it is ${later}`, {
    hint: 'ask upstream why, and choose another version',
    details: { name, version, first, later },
  })
