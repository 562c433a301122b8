import type { AllowedPeer, Ban, BanSubject, PeerId } from '#core'

/**
 * Whom this node has banned, and whom its user allows. Part of the trust store: changes survive a power failure, and take part in its transactions.
 * Every method may throw `store-broken`, those that add something `disk-full`, and all of them `cancelled` after disposing.
 */
export interface AccessRecords {
  /** Oldest first. */
  bans(): readonly Ban[]
  /** Keeps a ban, in place of the one of the same subject. Above `LIMITS.bans` the oldest that the user did not make is dropped. */
  putBan(ban: Ban): void
  removeBan(subject: BanSubject): void
  /** Oldest first. */
  allowedPeers(): readonly AllowedPeer[]
  /** Keeps a peer, in place of what was kept of it. */
  putAllowedPeer(allowed: AllowedPeer): void
  removeAllowedPeer(peer: PeerId): void
}
