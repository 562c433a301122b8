import { LIMITS, type Giver, type Random } from '#core'

/** How many of all choices are made without looking at scores: others get a chance, and who was slow once another one. */
const EXPLORATION = 0.2
/** What a peer counts of which nothing is known: more than a bad one, less than a good one. */
const UNKNOWN = 0.5
/** So fast and so near is half as good as can be. */
const HALF_BYTES_PER_SECOND = 4_000_000
const HALF_LATENCY_MS = 50
const SPEED_WEIGHT = 0.7
/** How much the newest measurement counts; of a rate, one of so many bytes half of that. */
const NEWEST = 0.3
const HALF_BYTES = 1_000_000
/** Less than that is no reason to pass over somebody who is likely to have it. */
const OUTDONE = 2

interface Performance {
  readonly bytesPerSecond?: number
  readonly latencyMs?: number
  /** In [0, 1]: how often it did what it was asked for, lately. */
  readonly reliability: number
}

/** How much somebody is preferred to others, in [0, 1]; the same answer for the same peer for as long as one choice takes. */
export type Preference = (peer: Giver) => number

const moved = (from: number | undefined, to: number, weight: number): number => (from === undefined ? to : from + weight * (to - from))

const scoreOf = ({ bytesPerSecond, latencyMs, reliability }: Performance): number => {
  const speed = bytesPerSecond === undefined ? undefined : bytesPerSecond / (bytesPerSecond + HALF_BYTES_PER_SECOND)
  const nearness = latencyMs === undefined ? undefined : HALF_LATENCY_MS / (HALF_LATENCY_MS + latencyMs)
  const quality = speed === undefined ? (nearness ?? UNKNOWN) : SPEED_WEIGHT * speed + (1 - SPEED_WEIGHT) * (nearness ?? speed)
  return reliability * quality
}

/**
 * How well peers have served this node, for choosing whom to ask first, and for nothing else: bytes count by their hashes, whoever gave them, and
 * being slow is no offence. Only what this node measured itself, told to nobody; the least recently measured peer is forgotten first.
 */
export class PeerScores {
  readonly #random: Pick<Random, 'fraction'>
  readonly #measured = new Map<Giver, Performance>()

  constructor(random: Pick<Random, 'fraction'>) {
    this.#random = random
  }

  /** In [0, 1]; `undefined`: it was never measured. */
  of(peer: Giver): number | undefined {
    const known = this.#measured.get(peer)
    return known && scoreOf(known)
  }

  /** It gave so many bytes that proved to be right, at this rate. */
  gave(peer: Giver, bytes: number, bytesPerSecond: number): void {
    const known = this.#of(peer)
    const weight = (NEWEST * bytes) / (bytes + HALF_BYTES)
    this.#note(peer, { ...known, bytesPerSecond: moved(known.bytesPerSecond, bytesPerSecond, weight), reliability: moved(known.reliability, 1, NEWEST) })
  }

  /** It answered a question in this time. */
  answered(peer: Giver, ms: number): void {
    const known = this.#of(peer)
    this.#note(peer, { ...known, latencyMs: moved(known.latencyMs, ms, NEWEST) })
  }

  /** It did not do what it was asked for, or not in time. */
  failed(peer: Giver): void {
    const known = this.#of(peer)
    this.#note(peer, { ...known, reliability: moved(known.reliability, 0, NEWEST) })
  }

  /** How to choose once: by score, or now and then at random. */
  preference(): Preference {
    if (this.#random.fraction() >= EXPLORATION) return (peer) => this.of(peer) ?? UNKNOWN
    const drawn = new Map<Giver, number>()
    return (peer) => {
      const preference = drawn.get(peer) ?? this.#random.fraction()
      drawn.set(peer, preference)
      return preference
    }
  }

  /** Whether one of these peers is known to be more than twice as good. */
  isOutdone(peer: Giver, by: readonly Giver[]): boolean {
    const own = this.of(peer)
    return own !== undefined && by.some((other) => (this.of(other) ?? 0) > OUTDONE * own)
  }

  #of(peer: Giver): Performance {
    return this.#measured.get(peer) ?? { reliability: 1 }
  }

  #note(peer: Giver, performance: Performance): void {
    this.#measured.delete(peer)
    this.#measured.set(peer, performance)
    const [oldest] = this.#measured.keys()
    if (this.#measured.size > LIMITS.scoredPeers && oldest !== undefined) this.#measured.delete(oldest)
  }
}
