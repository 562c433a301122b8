import { LIMITS, type PeerId } from '#core'

/** Of the connected peers that keep entries for others so many as one question goes to: those that come first before the others, which are chosen at random. */
export const chooseKeepers = (connected: readonly PeerId[], first: ReadonlySet<PeerId>, fraction: () => number): readonly PeerId[] =>
  connected
    .map((peer) => ({ peer, order: first.has(peer) ? -1 : fraction() }))
    .sort((a, b) => a.order - b.order)
    .slice(0, LIMITS.rendezvousConnected)
    .map(({ peer }) => peer)
