import { GgenError, type IdentityId, type PackageName, type PackageSpec, shortIdentity } from '#core'

/** What is known of a name when somebody asks for it. */
export interface Claims {
  /** Bound at first use. */
  readonly pinned: IdentityId | undefined
  /** Everybody who publishes under the name. */
  readonly claimed: readonly IdentityId[]
}

/**
 * One name, one publisher: the one that is named, else the pinned one, else the only one. Never "who was first".
 * `undefined`: nobody here knows the name. Throws `name-contested` and lists the claims.
 */
export const chooseIdentity = (spec: PackageSpec, { pinned, claimed }: Claims): IdentityId | undefined => {
  if (spec.identity !== undefined) return claimed.includes(spec.identity) ? spec.identity : undefined
  if (pinned !== undefined) return claimed.includes(pinned) ? pinned : undefined
  if (claimed.length <= 1) return claimed[0]
  throw contested(spec.name, claimed)
}

const contested = (name: PackageName, claimed: readonly IdentityId[]): GgenError => {
  const shown = claimed.slice(0, 20)
  const list = shown.map((identity) => `  @${identity}/${name}   (${shortIdentity(identity)})`).join('\n')
  return new GgenError('name-contested', `${name} is claimed by ${claimed.length} publishers and you have not chosen one:\n${list}`, {
    hint: `choose one: ggen install @${shown[0] ?? 'IDENTITY'}/${name}`,
    details: { name, identities: shown },
  })
}
