import { type Anchor, LIMITS, type Multiaddr, type PeerId } from '#core'
import { hostOfAddress, networkOfHost } from './address-scope.ts'

const networkOf = ({ address }: Anchor): string => networkOfHost(hostOfAddress(address) ?? '')

/** Puts the youngest of those that share most networks last, so that new ones of a crowded network never push out others. */
const byStanding = (anchors: readonly Anchor[]): readonly Anchor[] => {
  const networks = Map.groupBy(anchors.toSorted((a, b) => a.since - b.since), networkOf)
  return [...networks.values()]
    .flatMap((members) => members.map((anchor, rank) => ({ anchor, rank })))
    .sort((a, b) => a.rank - b.rank || a.anchor.since - b.anchor.since)
    .map(({ anchor }) => anchor)
}

/**
 * Peers that were reached at addresses of their own, and for how long each is known. Whoever surrounds a node with peers of its own has to do so for a
 * day, from several networks, before any of them counts as an anchor. Bounded.
 */
export class AnchorBook {
  readonly #anchors: Map<PeerId, Anchor>

  /** What was remembered; times that lie in the future, and peers that were not seen for a month, do not count. */
  constructor(remembered: readonly Anchor[], now: number) {
    const known = remembered.filter(({ seen }) => now - seen < LIMITS.anchorMemoryMs)
    const past = known.map((anchor) => ({ ...anchor, since: Math.min(anchor.since, now), seen: Math.min(anchor.seen, now) }))
    this.#anchors = new Map(byStanding(past).slice(0, LIMITS.knownAnchors).map((anchor) => [anchor.peer, anchor]))
  }

  list(): readonly Anchor[] {
    return [...this.#anchors.values()]
  }

  /** Notes that a peer was reached or is still there. A peer at another address is as new as any. True when something changed but the time. */
  meet(peer: PeerId, address: Multiaddr, now: number): boolean {
    const before = this.#anchors.get(peer)
    const isSame = before?.address === address
    this.#anchors.set(peer, { peer, address, since: isSame ? before.since : now, seen: now })
    if (this.#anchors.size > LIMITS.knownAnchors) {
      const last = byStanding(this.list()).at(-1)
      if (last !== undefined) this.#anchors.delete(last.peer)
      if (last?.peer === peer) return false
    }
    return !isSame
  }

  /** Those of the connected peers that are anchors: known for a day, each of another network. */
  among(connected: ReadonlySet<PeerId>, now: number): readonly Anchor[] {
    return ofDifferentNetworks(this.#old(now).filter(({ peer }) => connected.has(peer)))
  }

  /** Whom to connect to, so that there are enough of them: at random, each of a network that has none yet. */
  missing(connected: ReadonlySet<PeerId>, now: number, fraction: () => number): readonly Anchor[] {
    const present = this.among(connected, now)
    const taken = new Set(present.map(networkOf))
    const others = this.#old(now).filter((anchor) => !connected.has(anchor.peer) && !taken.has(networkOf(anchor)))
    const inAnyOrder = others.map((anchor) => ({ anchor, order: fraction() })).sort((a, b) => a.order - b.order)
    return ofDifferentNetworks(inAnyOrder.map(({ anchor }) => anchor)).slice(0, Math.max(0, LIMITS.anchors - present.length))
  }

  #old(now: number): readonly Anchor[] {
    return this.list().filter(({ since }) => now - since >= LIMITS.anchorAgeMs)
  }
}

/** The first of each network. */
const ofDifferentNetworks = (anchors: readonly Anchor[]): readonly Anchor[] =>
  [...new Map(anchors.toReversed().map((anchor) => [networkOf(anchor), anchor])).values()]
