import type { AllowedPeer, Ban, BanSubject } from './ban.ts'
import type { PeerId } from './peer-id.ts'

/**
 * Whom a node has banned, and whom its user allows, kept while no node runs. Every method may throw `store-broken`, those that add something `disk-full`,
 * and all of them `cancelled` after disposing.
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
