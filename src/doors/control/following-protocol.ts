import type { IdentityId, PackageName } from '#core'

/** A publisher whose word on others counts; answer of `POST /v1/follow {identity}` and `POST /v1/unfollow {identity}`. */
export interface FollowedReply {
  readonly identity: IdentityId
  /** Unix milliseconds. */
  readonly since: number
  /** Since when the node has known it, Unix milliseconds; absent: nothing of it is there. */
  readonly knownSince?: number
}

/** `GET /v1/followed`, oldest first. */
export interface FollowedListReply {
  readonly followed: readonly FollowedReply[]
}

/** `POST /v1/block`: nothing of a publisher is wanted, or nothing that it has under one name. `POST /v1/unblock {identity, name?}` takes that back. */
export interface BlockQuestion {
  readonly identity: IdentityId
  readonly name?: PackageName
  readonly why?: string
}

/** The answer of both. */
export interface BlockedReply extends BlockQuestion {
  /** Unix milliseconds. */
  readonly since: number
}

/** `GET /v1/blocked`, oldest first. */
export interface BlockedListReply {
  readonly blocked: readonly BlockedReply[]
}
