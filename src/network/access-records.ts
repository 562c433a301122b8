import type { AllowedPeer, Ban, BanSubject, PeerId } from '#core'

/** Where bans and the allow list are kept while no node runs. What changes something may throw `disk-full`, and all may throw `store-broken`. */
export interface AccessRecords {
  /** Oldest first. */
  bans(): readonly Ban[]
  /** Keeps a ban, in place of the one of the same subject. */
  putBan(ban: Ban): void
  removeBan(subject: BanSubject): void
  /** Oldest first. */
  allowedPeers(): readonly AllowedPeer[]
  /** Keeps a peer, in place of what was kept of it. */
  putAllowedPeer(allowed: AllowedPeer): void
  removeAllowedPeer(peer: PeerId): void
}

/** Records that live as long as the process. */
export const memoryAccessRecords = (): AccessRecords => {
  const bans = new Map<BanSubject, Ban>()
  const allowed = new Map<PeerId, AllowedPeer>()
  return {
    bans: () => [...bans.values()],
    putBan: (ban) => {
      bans.delete(ban.subject)
      bans.set(ban.subject, ban)
    },
    removeBan: (subject) => void bans.delete(subject),
    allowedPeers: () => [...allowed.values()],
    putAllowedPeer: (entry) => void allowed.set(entry.peer, entry),
    removeAllowedPeer: (peer) => void allowed.delete(peer),
  }
}
