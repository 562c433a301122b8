import { GgenError, LIMITS, type PackageName, type PublicKey, type RolesChange, type StatusStatement, versionSlot } from '#core'
import type { TrustStore } from '#store'
import { changeRoles, type IdentityView, mayName, type PackageView } from '#trust'
import { assertFeedHealthy, type FeedSituation, journalOp, nextInFeed, type PreparedOp } from './journal-op.ts'

/**
 * Fixes the exact payload of a word about a version, or about all, and journals it. Throws `package-not-found`, `version-not-found`, `denied` for a key
 * that may not speak for the name, `conflict` for a feed that forked, and `publish-expired`.
 */
export const prepareStatus = (trust: TrustStore, situation: FeedSituation, { name, version, state, why, tag }: StatusStatement): PreparedOp => {
  const { identity, feed, known, now } = situation
  if (known.releases.size === 0) throw new GgenError('package-not-found', `you have not published ${name}`)
  if (version !== '*' && !known.releases.has(versionSlot(version))) throw new GgenError('version-not-found', `${name} has no version ${version}`)
  if (tag?.version !== undefined && !known.releases.has(versionSlot(tag.version))) {
    throw new GgenError('version-not-found', `${name} has no version ${tag.version}`)
  }
  assertMayName(identity, feed, { name, now })
  assertFeedHealthy(known, feed, identity.identity)
  const body = { roles: identity.head, name, version, state, ...(why !== undefined && { why }), ...(tag !== undefined && { tag }) }
  return trust.transact(() => journalOp(trust, { type: 'status', ...nextInFeed(trust, situation), body }, { now }))
}

/** Throws `denied` for a key that may not speak for the name now, Unix milliseconds. */
export const assertMayName = (identity: IdentityView, feed: PublicKey, { name, now }: { readonly name: PackageName; readonly now: number }): void => {
  if (mayName(identity.roles, feed, { name, at: now / 1000 })) return
  throw new GgenError('denied', `this key may not speak for ${name}, or no longer`, { hint: 'see what your keys may do with: ggen id show' })
}

export interface RolesSituation {
  readonly identity: IdentityView
  /** All of the identity. */
  readonly packages: readonly PackageView[]
  /** Unix milliseconds. */
  readonly now: number
  /** Unix seconds of the latest op of the chain. */
  readonly notBefore: number
}

/**
 * Fixes the exact payload of the op that changes who speaks for an identity, and journals it. Throws `usage` for a change that is none or names what is
 * not there, `denied` when the chain is as long as one may be, and `publish-expired`.
 */
export const prepareRoles = (trust: TrustStore, { identity, packages, now, notBefore }: RolesSituation, change: RolesChange): PreparedOp => {
  if (identity.seq >= LIMITS.rolesOps) {
    throw new GgenError('denied', `the keys of this identity have changed ${LIMITS.rolesOps} times, and nobody takes a further change`, {
      hint: 'go on with a new identity: ggen id create',
    })
  }
  const body = changeRoles(identity, change, packages)
  const place = { identity: identity.identity, seq: identity.seq + 1, prev: identity.head, at: Math.max(Math.floor(now / 1000), notBefore) }
  return trust.transact(() => journalOp(trust, { type: 'roles', ...place, body }, { now }))
}
