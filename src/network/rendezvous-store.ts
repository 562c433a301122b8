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

/** One for all its entries: two hundred thousand copies of its texts would be most of the memory. */
interface Sender {
  readonly peer: PeerId
  addresses: readonly Multiaddr[]
  group: string
  entries: number
}

interface Kept {
  readonly key: string
  readonly sender: Sender
  readonly group: string
  readonly untilMs: number
}

const nameOf = (key: Uint8Array): string => Buffer.from(key).toString('base64url')

/** How much is kept, and for how long. */
export interface RendezvousRoom {
  readonly entries: number
  readonly entryMs: number
}

const USUAL_ROOM: RendezvousRoom = { entries: LIMITS.rendezvousEntries, entryMs: LIMITS.rendezvousEntryMs }

/**
 * Who put itself under which key, for a day. Bounded in every direction; where it is full, whoever comes from a crowded group makes room for
 * whoever does not, so that a flood drowns itself.
 */
export class RendezvousStore {
  /** A short list each: most keys have one entry, and a map for each would take more room than all the rest. */
  readonly #keys = new Map<string, readonly Kept[]>()
  readonly #senders = new Map<PeerId, Sender>()
  /** All entries, those put longest ago first. */
  readonly #byAge = new Set<Kept>()
  readonly #groups = new RankedGroups<Kept>()
  readonly #room: RendezvousRoom

  constructor(room: RendezvousRoom = USUAL_ROOM) {
    this.#room = room
  }

  get size(): number {
    return this.#byAge.size
  }

  /** Takes or renews an entry; false where a limit is reached. The addresses replace those that the peer named before. */
  put({ key, peer, addresses, group }: RendezvousPut, nowMs: number): boolean {
    this.#expire(nowMs)
    const name = nameOf(key)
    const before = this.#at(name, peer)
    if (before !== undefined) this.#remove(before)
    if (before?.group !== group && !this.#makeRoom(name, peer, group)) return false
    const sender = this.#senders.get(peer) ?? { peer, addresses, group, entries: 0 }
    if (sender.group !== group) sender.group = group
    sender.addresses = addresses
    sender.entries += 1
    this.#senders.set(peer, sender)
    const kept = { key: name, sender, group: sender.group, untilMs: Math.ceil(nowMs + this.#room.entryMs) }
    this.#keys.set(name, [...(this.#keys.get(name) ?? []), kept])
    this.#byAge.add(kept)
    this.#groups.add(kept.group, kept)
    return true
  }

  /** Forgets the entry of a peer; false when there was none. */
  delete(key: Uint8Array, peer: PeerId): boolean {
    const kept = this.#at(nameOf(key), peer)
    if (kept !== undefined) this.#remove(kept)
    return kept !== undefined
  }

  /** Entries of a key at random, from as many groups as there are before a second one from any. */
  find({ key, count, fraction }: RendezvousLook, nowMs: number): readonly RendezvousEntry[] {
    this.#expire(nowMs)
    const groups = Map.groupBy(shuffled([...(this.#keys.get(nameOf(key)) ?? [])], fraction), ({ group }) => group)
    const rounds = [...groups.values()]
    const found: RendezvousEntry[] = []
    for (let round = 0; found.length < count && rounds.some((group) => group.length > round); round += 1) {
      for (const { sender } of rounds.flatMap((group) => group.slice(round, round + 1)).slice(0, count - found.length)) {
        found.push({ peer: sender.peer, addresses: sender.addresses })
      }
    }
    return found
  }

  #at(key: string, peer: PeerId): Kept | undefined {
    return this.#keys.get(key)?.find(({ sender }) => sender.peer === peer)
  }

  #makeRoom(key: string, peer: PeerId, group: string): boolean {
    if ((this.#senders.get(peer)?.entries ?? 0) >= LIMITS.rendezvousEntriesPerPeer || !this.#makeRoomAt(key, group)) return false
    while (this.#byAge.size >= this.#room.entries || (!this.#senders.has(peer) && this.#senders.size >= LIMITS.rendezvousPeers)) {
      const largest = this.#groups.largest()
      if (largest === undefined || largest.size <= this.#groups.sizeOf(group) + 1) return false
      this.#remove(largest.oldest)
    }
    return true
  }

  #makeRoomAt(key: string, group: string): boolean {
    const ofKey = this.#keys.get(key)
    if (ofKey === undefined) return true
    const groups = new Map<string, { readonly oldest: Kept; count: number }>()
    for (const kept of ofKey) {
      const members = groups.get(kept.group)
      if (members === undefined) groups.set(kept.group, { oldest: kept, count: 1 })
      else members.count += 1
    }
    const own = groups.get(group)?.count ?? 0
    if (own >= LIMITS.rendezvousEntriesPerPrefix) return false
    if (ofKey.length < LIMITS.rendezvousEntriesPerKey) return true
    const crowded = [...groups.values()].reduce((most, each) => (each.count > most.count ? each : most))
    if (crowded.count <= own + 1) return false
    this.#remove(crowded.oldest)
    return true
  }

  #expire(nowMs: number): void {
    for (const kept of this.#byAge) {
      if (kept.untilMs > nowMs) return
      this.#remove(kept)
    }
  }

  #remove(kept: Kept): void {
    const { key, sender, group } = kept
    const others = this.#keys.get(key)?.filter((other) => other !== kept) ?? []
    if (others.length === 0) this.#keys.delete(key)
    else this.#keys.set(key, others)
    sender.entries -= 1
    if (sender.entries === 0) this.#senders.delete(sender.peer)
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
