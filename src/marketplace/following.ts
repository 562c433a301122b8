import { type Clock, GgenError, type IdentityId, type PackageName, shortIdentity } from '#core'
import type { BlockedSubject, Catalogue, TrustStore } from '#store'

/** Whose word on others counts here, and what the user blocks himself. Both take effect at once, and need no network. */
export interface Following {
  /** Oldest first. */
  followed(): Promise<readonly FollowedIdentity[]>
  /**
   * What this publisher says of others counts from now on, and peers are asked for it, for a moment. Also one that nobody here has heard of yet. Throws
   * `too-busy` for too many.
   */
  follow(identity: IdentityId): Promise<FollowedIdentity>
  /** Resolves to what was followed. Throws `not-followed`. */
  unfollow(identity: IdentityId): Promise<FollowedIdentity>
  /** Oldest first. */
  blocked(): Promise<readonly BlockedName[]>
  /** Nothing of a publisher is installed or given to others any more, or nothing that it has under one name. Throws `too-busy` for too many. */
  block(identity: IdentityId, subject: { readonly name?: PackageName; readonly why?: string }): Promise<BlockedName>
  /** Takes back exactly what was blocked; resolves to that. Throws `not-blocked`. */
  unblock(identity: IdentityId, name: PackageName | undefined): Promise<BlockedName>
}

export interface FollowedIdentity {
  readonly identity: IdentityId
  /** Unix milliseconds. */
  readonly since: number
  /** Since when this node has known it, Unix milliseconds; absent: nothing of it is here. */
  readonly knownSince?: number
}

export interface BlockedName {
  readonly identity: IdentityId
  /** Absent: everything. */
  readonly name?: PackageName
  readonly why?: string
  /** Unix milliseconds. */
  readonly since: number
}

export interface FollowListParts {
  readonly trust: TrustStore
  readonly catalogue: Catalogue
  readonly clock: Clock
  /** Hears that what counts has changed. */
  readonly onChanged: () => void
  /** Brings what a publisher says of others, as far as it is quickly had. */
  readonly bring: (identity: IdentityId) => Promise<void>
}

/** Whose word on others counts for the user, and what he blocks himself. */
export class FollowList implements Following {
  readonly #parts: FollowListParts

  constructor(parts: FollowListParts) {
    this.#parts = parts
  }

  async followed(): Promise<readonly FollowedIdentity[]> {
    return this.#parts.trust.memory.followed().map((one) => this.#show(one))
  }

  async follow(identity: IdentityId): Promise<FollowedIdentity> {
    const { trust, clock, onChanged, bring } = this.#parts
    const before = trust.memory.followed().find((one) => one.identity === identity)
    const followed = before ?? { identity, since: clock.now() }
    trust.memory.follow(followed)
    onChanged()
    await bring(identity)
    return this.#show(followed)
  }

  async unfollow(identity: IdentityId): Promise<FollowedIdentity> {
    const { trust, onChanged } = this.#parts
    const before = trust.memory.followed().find((one) => one.identity === identity)
    if (before === undefined) throw new GgenError('not-followed', `you do not follow ${shortIdentity(identity)}`)
    trust.memory.unfollow(identity)
    onChanged()
    return this.#show(before)
  }

  async blocked(): Promise<readonly BlockedName[]> {
    return this.#parts.trust.memory.blocked()
  }

  async block(identity: IdentityId, subject: Pick<BlockedSubject, 'name' | 'why'>): Promise<BlockedName> {
    const { trust, clock, onChanged } = this.#parts
    const blocked = { identity, ...subject, since: clock.now() }
    trust.memory.block(blocked)
    onChanged()
    return blocked
  }

  async unblock(identity: IdentityId, name: PackageName | undefined): Promise<BlockedName> {
    const { trust, onChanged } = this.#parts
    const before = trust.memory.blocked().find((one) => one.identity === identity && one.name === name)
    if (before === undefined) {
      throw new GgenError('not-blocked', `you have not blocked ${name === undefined ? shortIdentity(identity) : `${name} of ${shortIdentity(identity)}`}`)
    }
    trust.memory.unblock(identity, name)
    onChanged()
    return before
  }

  #show({ identity, since }: { readonly identity: IdentityId; readonly since: number }): FollowedIdentity {
    const knownSince = this.#parts.catalogue.knownSince(identity)
    return { identity, since, ...(knownSince !== undefined && { knownSince }) }
  }
}
