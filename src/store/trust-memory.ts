import type { IdentityId, OpId, PackageName, PublicKey, Version } from '#core'

/**
 * What this node has seen of the packages that were installed with its help, and whom its user follows and blocks: what comes later is compared with it. Every
 * change lasts when the method returns, or with the transaction around it. Throws what the methods of the trust store throw.
 */
export interface TrustMemory {
  seen(identity: IdentityId, name: PackageName): SeenPackage | undefined
  /** Replaces what was remembered of the package. */
  putSeen(seen: SeenPackage): void
  /** Oldest first. */
  followed(): FollowedPublisher[]
  /** Replaces what was said of the same one. Throws `too-busy` above `LIMITS.followedPublishers`. */
  follow(followed: FollowedPublisher): void
  /** Whether it was followed. */
  unfollow(identity: IdentityId): boolean
  /** Oldest first. */
  blocked(): BlockedSubject[]
  /** Replaces what was said of the same subject. Throws `too-busy` above `LIMITS.blockedSubjects`. */
  block(blocked: BlockedSubject): void
  /** Whether exactly this was blocked. */
  unblock(identity: IdentityId, name: PackageName | undefined): boolean
}

/** The state of a package when one of its releases was last installed. Plain JSON. */
export interface SeenPackage {
  readonly identity: IdentityId
  readonly name: PackageName
  /** Ends of the identity's own chain and of the package's feeds: a catalogue without them is older than what was seen. */
  readonly heads: readonly OpId[]
  readonly last: SeenRelease
}

/** What a later release is measured by. */
export interface SeenRelease {
  readonly op: OpId
  readonly version: Version
  readonly feed: PublicKey
  readonly seq: number
  readonly scripts: boolean
  /** Keys of the publisher that signed it, and how many of them people hold. */
  readonly signatures: number
  readonly people: number
  readonly provenance: number
  /** Signatures that the publisher asked of itself, and how many of people. */
  readonly need: number
  readonly human: number
}

/** A publisher whose word on others counts. */
export interface FollowedPublisher {
  readonly identity: IdentityId
  /** Unix milliseconds. */
  readonly since: number
}

/** A publisher that the user wants nothing from, or nothing under one name. */
export interface BlockedSubject {
  readonly identity: IdentityId
  /** Absent: everything. */
  readonly name?: PackageName
  readonly why?: string
  /** Unix milliseconds. */
  readonly since: number
}
