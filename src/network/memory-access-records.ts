import type { AccessRecords, AllowedPeer, Ban, BanSubject, PeerId } from '#core'

/** Records of a node that keeps nothing: they live as long as the process. */
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
