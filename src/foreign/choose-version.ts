import { type Digest, GgenError, type PackageName } from '#core'
import { Range, satisfies } from 'semver'
import type { ForeignIndex, ForeignVersion } from './foreign-index.ts'

/** A version for whose archive an index vouches. */
export type VouchedVersion = ForeignVersion & { readonly digest: Digest }

/**
 * The newest version of an index in a range for which it vouches; without one, a release rather than a pre-release. Throws `package-not-found`,
 * `version-not-found`, `range-invalid`, `digest-invalid` where it vouches for none of them, and `disputed` where it names two digests for it.
 */
export const chooseVersion = (index: ForeignIndex, name: PackageName, range: string | undefined): VouchedVersion => {
  const found = index.packages.find((one) => one.name === name)
  if (found === undefined) {
    throw new GgenError('package-not-found', `the index does not name ${name}`, { hint: 'search it with: ggen search WORDS --registry ADDRESS' })
  }
  const fitting = found.versions.filter(isInRange(range))
  if (fitting.length === 0) {
    const versions = found.versions.map(({ version }) => version)
    const hint = `it names ${versions.slice(0, 10).join(', ')}`
    throw new GgenError('version-not-found', `the index names no version of ${name} in ${range ?? '*'}`, { hint })
  }
  const vouched = fitting.filter((one): one is VouchedVersion => one.digest !== undefined)
  const chosen = vouched.find(({ version }) => range !== undefined || !version.split('+')[0]?.includes('-')) ?? vouched[0]
  if (chosen === undefined) {
    throw new GgenError('digest-invalid', `${name}@${fitting[0]?.version}: ${fitting[0]?.without ?? 'the index names no digest'}`, {
      hint: 'an index that vouches for no bytes cannot be installed from',
    })
  }
  const clash = index.clashes.find((one) => one.name === name && one.version === chosen.version)
  if (clash !== undefined) throw changedUpstream(name, chosen, clash.digests)
  return chosen
}

/** Whether a version is in a range; no range, `*` and `latest` take every one. Throws `range-invalid`. */
export const isInRange = (range: string | undefined): ((one: Pick<ForeignVersion, 'version'>) => boolean) => {
  if (range === undefined || range === '*' || range === 'latest') return () => true
  try {
    const parsed = new Range(range)
    return ({ version }) => version === range || satisfies(version, parsed)
  } catch (error) {
    throw new GgenError('range-invalid', `not a version or range: ${JSON.stringify(range.slice(0, 80))}`, { cause: error })
  }
}

/** A version whose bytes are not those that it had at first. */
export const changedUpstream = (name: PackageName, { version }: ForeignVersion, [first, later]: readonly [Digest, Digest]): GgenError =>
  new GgenError('disputed', `the source changed ${name}@${version}, which was out: its archive was ${first}, and now it is ${later}`, {
    hint: 'ask upstream why, and choose another version',
    details: { name, version, first, later },
  })
