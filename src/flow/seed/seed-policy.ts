import { GgenError, type IdentityId, isOpId, LIMITS, type PackageName } from '#core'
import { globCovers, isNameGlob } from '#trust'

/** Which releases a node keeps for others, as the operator wrote it. */
export interface SeedSettings {
  /** Exact names, `prefix.*`, `@scope/*`, `namespace/*`, or `@<identity>` for everything of one publisher. */
  readonly follow: readonly string[]
  /** Everything there is, as long as there is room. */
  readonly all: boolean
}

/** A package of one publisher. */
export interface PackageKey {
  readonly identity: IdentityId
  readonly name: PackageName
}

/** What a node seeds, read once. */
export interface SeedPolicy {
  readonly globs: readonly string[]
  readonly identities: ReadonlySet<IdentityId>
  readonly all: boolean
}

/** Reads the settings; throws `config-invalid` that names the pattern. */
export const readSeedPolicy = ({ follow, all }: SeedSettings): SeedPolicy => {
  if (follow.length > LIMITS.followPatterns) throw new GgenError('config-invalid', `seed.follow: at most ${LIMITS.followPatterns} patterns`)
  const identities = new Set<IdentityId>()
  const globs = new Set<string>()
  for (const pattern of follow) {
    const identity = pattern.startsWith('@') ? pattern.slice(1) : ''
    if (isOpId(identity)) identities.add(identity as IdentityId)
    else if (pattern !== '*' && isNameGlob(pattern)) globs.add(pattern)
    else throw notAPattern(pattern)
  }
  return { globs: [...globs], identities, all }
}

const notAPattern = (pattern: string): GgenError =>
  new GgenError('config-invalid', `seed.follow: not a name, prefix.*, @scope/*, namespace/* or @IDENTITY: ${JSON.stringify(pattern.slice(0, 140))}`, {
    ...(pattern === '*' && { hint: 'to keep everything, set seed.all to true' }),
  })

/** Whether the operator named this package or its publisher. */
export const isFollowed = (policy: SeedPolicy, { identity, name }: PackageKey): boolean =>
  policy.identities.has(identity) || policy.globs.some((glob) => globCovers(glob, name))
