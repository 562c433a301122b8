import { type Clock, type Multiaddr, LIMITS, type PeerId } from '#core'
import { type Answerer, decodeRendezvousQuestion, encodeRendezvousEntries, encodeRendezvousReceipt, type RendezvousStore } from '#network'
import { groupOf } from './address-scope.ts'

/** What keeping entries for others needs from the rest of the node. */
export interface KeeperContext {
  readonly store: RendezvousStore
  readonly clock: Clock
  /** In [0, 1). */
  readonly fraction: () => number
  /** The host that the connection to a peer leads to. */
  readonly hostOf: (peer: PeerId) => string | undefined
  /** The addresses that a peer may name. */
  readonly hear: (from: PeerId, addresses: readonly Multiaddr[]) => readonly Multiaddr[]
}

/**
 * Answers `/ggen/rendezvous/1` as docs/protocol/rendezvous.md says. Whoever asks was authenticated by its connection, and can put and delete itself only; an
 * address that it may not name is left out, and without any it is of no use to others.
 */
export const keepRendezvous =
  ({ store, clock, fraction, hostOf, hear }: KeeperContext): Answerer =>
  async (bytes, from) => {
    const question = decodeRendezvousQuestion(bytes)
    const { op, key } = question
    const nowMs = clock.monotonic()
    if (op === 'get') return encodeRendezvousEntries(store.find({ key, count: question.count, fraction }, nowMs).filter(({ peer }) => peer !== from))
    if (op === 'del') return encodeRendezvousReceipt(store.delete(key, from))
    const host = hostOf(from)
    const addresses = hear(from, question.addresses).slice(0, LIMITS.rendezvousAddresses)
    return encodeRendezvousReceipt(host !== undefined && addresses.length > 0 && store.put({ key, peer: from, addresses, group: groupOf(host, from) }, nowMs))
  }
