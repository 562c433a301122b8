import { type Giver, isPeer, type PeerShare, type ServedTarball } from '#core'

/** Where an archive came from, and who failed before. */
export type Brought = Pick<ServedTarball, 'from' | 'givers' | 'trouble'>

/** What each of those gave who gave an archive, the most first; empty where it was here. */
export type GiverShares = readonly { readonly peer: Giver; readonly bytes: number }[]

/** Where an archive came from that these gave: those who were asked may have given nothing of it. */
export const broughtBy = (from: 'peer' | 'network', sources: GiverShares): Brought => {
  if (sources.length === 0) return { from: 'disk' }
  const givers = sources.flatMap(({ peer, bytes }): readonly PeerShare[] => (isPeer(peer) ? [{ peer, bytes }] : []))
  return { from, ...(givers.length > 0 && { givers }) }
}
