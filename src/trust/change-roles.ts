import {
  GgenError, type OpId, type PublicKey, type ReleaseKey, type Revocation, type RevokedKey, type RolesChange, type RolesOp, versionSlot,
} from '#core'
import type { IdentityView } from './view-identity.ts'
import type { PackageView } from './view-package.ts'

/** So many feeds of one key fit into one op. */
const FEEDS_PER_OP = 64

/**
 * The body of the roles op that makes a change. Whoever is taken out is revoked, with the last op of each of its feeds that still counts: a key that
 * is only left out could go on under the old roles. `packages` are all of the identity. Throws `usage` for a change that is none or names what is not
 * there, and `too-busy` for more feeds than one op can confirm.
 */
export const changeRoles = (view: IdentityView, change: RolesChange, packages: readonly PackageView[]): RolesOp['body'] => {
  const { roles } = view
  const revoke = change.revoke ?? []
  const added = new Set((change.add ?? []).map(({ key }) => key))
  for (const { key } of revoke) assertHeld(roles.release, key)
  const kept = roles.release.filter(({ key }) => !added.has(key) && revoke.every((one) => one.key !== key))
  const body = {
    root: change.root ?? roles.root,
    recovery: change.recovery ?? roles.recovery,
    release: [...kept, ...(change.add ?? [])],
    need: change.need ?? roles.need,
    ...humanOf(change.human ?? roles.human),
    revoked: revoke.map((one) => revocationOf(one, packages)),
    domains: change.domains ?? domainsOf(view),
  }
  if (body.release.length < body.need) {
    const keys = body.release.length === 1 ? '1 key' : `${body.release.length} keys`
    throw new GgenError('usage', `${body.need} signatures would be needed, and only ${keys} could give them`, { hint: 'add a key first: ggen id add-key' })
  }
  return body
}

/** The domains that an identity names: those of its last op. */
export const domainsOf = ({ chain }: IdentityView): readonly string[] => {
  const last = chain.at(-1)
  return last?.type === 'roles' ? last.body.domains : []
}

const humanOf = (human: number | undefined): { readonly human?: number } => (human === undefined || human === 0 ? {} : { human })

const assertHeld = (release: readonly ReleaseKey[], key: PublicKey): void => {
  if (release.some((entry) => entry.key === key)) return
  throw new GgenError('usage', `${key} is no release key of this identity`, { hint: 'see the keys with: ggen id show' })
}

const revocationOf = (revoked: RevokedKey, packages: readonly PackageView[]): Revocation => {
  const { key } = revoked
  const feeds = packages.flatMap((view) => {
    const head = confirmedHead(view, revoked)
    return head === undefined ? [] : [{ name: view.name, head }]
  })
  const [foreign] = revoked.notMine.filter(({ name, version }) => releaseOf(packages, key, { name, version }) === undefined)
  if (foreign !== undefined) throw new GgenError('usage', `${key} did not sign ${foreign.name}@${foreign.version}`)
  if (feeds.length > FEEDS_PER_OP) {
    throw new GgenError('too-busy', `the key signed ${feeds.length} packages, and one record confirms ${FEEDS_PER_OP}`, { hint: 'give each key fewer names' })
  }
  return { key, feeds }
}

type Named = RevokedKey['notMine'][number]

const releaseOf = (packages: readonly PackageView[], key: PublicKey, { name, version }: Named): { readonly seq: number; readonly prev?: OpId } | undefined => {
  const release = packages.find((view) => view.name === name)?.releases.get(versionSlot(version))?.release
  return release?.feed === key ? release : undefined
}

/** The end of the feed, or what stands before the first release in it that its owner did not make. */
const confirmedHead = (view: PackageView, { key, notMine }: RevokedKey): OpId | undefined => {
  const foreign = notMine.filter(({ name }) => name === view.name).flatMap((one) => releaseOf([view], key, one) ?? [])
  const [first] = foreign.toSorted((a, b) => a.seq - b.seq)
  return first === undefined ? view.heads.get(key)?.head : first.prev
}
