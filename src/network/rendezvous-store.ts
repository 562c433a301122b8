import { LIMITS, type Multiaddr, type PeerId } from '#core'
import { RankedGroups } from './ranked-groups.ts'
import type { RendezvousEntry } from './rendezvous-message.ts'

/** A peer that puts itself under a key. */
export interface RendezvousPut extends RendezvousEntry {
  readonly key: Uint8Array
  /** Where it comes from, a /24 or /48: what one attacker gets cheaply shares a group. */
  readonly group: string
}

/** What is looked for. */
export interface RendezvousLook {
  readonly key: Uint8Array
  readonly count: number
  /** In [0, 1), anew with every call. */
  readonly fraction: () => number
}

interface Sender {
  addresses: readonly Multiaddr[]
  entries: number
}

interface Kept {
  readonly key: string
  readonly peer: PeerId
  readonly group: string
  readonly untilMs: number
}

const nameOf = (key: Uint8Array): string => Buffer.from(key).toString('base64url')

/**
 * Who put itself under which key, for a day. Bounded in every direction; where it is full, whoever comes from a crowded group makes room for
 * whoever does not, so that a flood drowns itself.
 */
export class RendezvousStore {
  readonly #keys = new Map<string, Map<PeerId, Kept>>()
  readonly #senders = new Map<PeerId, Sender>()
  /** All entries, those put longest ago first. */
  readonly #byAge = new Set<Kept>()
  readonly #groups = new RankedGroups<Kept>()

  get size(): number {
    return this.#byAge.size
  }

  /** Takes or renews an entry; false where a limit is reached. The addresses replace those that the peer named before. */
  put({ key, peer, addresses, group }: RendezvousPut, nowMs: number): boolean {
    this.#expire(nowMs)
    const name = nameOf(key)
    const before = this.#keys.get(name)?.get(peer)
    if (before !== undefined) this.#remove(before)
    if (before?.group !== group && !this.#makeRoom(name, peer, group)) return false
    const kept = { key: name, peer, group, untilMs: nowMs + LIMITS.rendezvousEntryMs }
    const ofKey = this.#keys.get(name) ?? new Map<PeerId, Kept>()
    this.#keys.set(name, ofKey.set(peer, kept))
    this.#senders.set(peer, { addresses, entries: (this.#senders.get(peer)?.entries ?? 0) + 1 })
    this.#byAge.add(kept)
    this.#groups.add(group, kept)
    return true
  }

  /** Forgets the entry of a peer; false when there was none. */
  delete(key: Uint8Array, peer: PeerId): boolean {
    const kept = this.#keys.get(nameOf(key))?.get(peer)
    if (kept !== undefined) this.#remove(kept)
    return kept !== undefined
  }

  /** Entries of a key at random, from as many groups as there are before a second one from any. */
  find({ key, count, fraction }: RendezvousLook, nowMs: number): readonly RendezvousEntry[] {
    this.#expire(nowMs)
    const groups = Map.groupBy(shuffled([...(this.#keys.get(nameOf(key))?.values() ?? [])], fraction), ({ group }) => group)
    const rounds = [...groups.values()]
    const found: RendezvousEntry[] = []
    for (let round = 0; found.length < count && rounds.some((group) => group.length > round); round += 1) {
      for (const { peer } of rounds.flatMap((group) => group.slice(round, round + 1)).slice(0, count - found.length)) {
        found.push({ peer, addresses: this.#senders.get(peer)?.addresses ?? [] })
      }
    }
    return found
  }

  #makeRoom(key: string, peer: PeerId, group: string): boolean {
    if ((this.#senders.get(peer)?.entries ?? 0) >= LIMITS.rendezvousEntriesPerPeer || !this.#makeRoomAt(key, group)) return false
    while (this.#byAge.size >= LIMITS.rendezvousEntries || (!this.#senders.has(peer) && this.#senders.size >= LIMITS.rendezvousPeers)) {
      const largest = this.#groups.largest()
      if (largest === undefined || largest.size <= this.#groups.sizeOf(group) + 1) return false
      this.#remove(largest.oldest)
    }
    return true
  }

  #makeRoomAt(key: string, group: string): boolean {
    const ofKey = [...(this.#keys.get(key)?.values() ?? [])]
    const groups = Map.groupBy(ofKey, (kept) => kept.group)
    const own = groups.get(group)?.length ?? 0
    if (own >= LIMITS.rendezvousEntriesPerPrefix) return false
    if (ofKey.length < LIMITS.rendezvousEntriesPerKey) return true
    const [crowded = []] = [...groups.values()].sort((a, b) => b.length - a.length)
    const [oldest] = crowded
    if (oldest === undefined || crowded.length <= own + 1) return false
    this.#remove(oldest)
    return true
  }

  #expire(nowMs: number): void {
    for (const kept of this.#byAge) {
      if (kept.untilMs > nowMs) return
      this.#remove(kept)
    }
  }

  #remove(kept: Kept): void {
    const { key, peer, group } = kept
    const ofKey = this.#keys.get(key)
    ofKey?.delete(peer)
    if (ofKey?.size === 0) this.#keys.delete(key)
    const sender = this.#senders.get(peer)
    if (sender !== undefined && (sender.entries -= 1) === 0) this.#senders.delete(peer)
    this.#byAge.delete(kept)
    this.#groups.delete(group, kept)
  }
}

const shuffled = <Thing>(things: Thing[], fraction: () => number): Thing[] => {
  for (let last = things.length - 1; last > 0; last -= 1) {
    const other = Math.floor(fraction() * (last + 1))
    const [a, b] = [things[last] as Thing, things[other] as Thing]
    things[last] = b
    things[other] = a
  }
  return things
}
