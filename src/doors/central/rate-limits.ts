import { CENTRAL_LIMITS, type Clock } from '#core'

/** So many at once, and so many in each second after that. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

interface Bucket {
  readonly level: number
  readonly atMs: number
}

/** One bucket for each key; above the limit of keys, those that were not used for longest are forgotten, and so are full again. */
export class RateLimit {
  readonly #rate: Rate
  readonly #clock: Clock
  readonly #buckets = new Map<string, Bucket>()

  constructor(rate: Rate, clock: Clock) {
    this.#rate = rate
    this.#clock = clock
  }

  get size(): number {
    return this.#buckets.size
  }

  /** Takes one. Returns 0, or the whole seconds after which there is one again; then nothing was taken. */
  take(key: string): number {
    return this.#draw(key, 1)
  }

  /** Whole seconds after which there is one again; 0: there is. Takes nothing. */
  look(key: string): number {
    return this.#draw(key, 0)
  }

  #draw(key: string, count: 0 | 1): number {
    const { perSecond, burst } = this.#rate
    const nowMs = this.#clock.monotonic()
    const before = this.#buckets.get(key) ?? { level: burst, atMs: nowMs }
    const level = Math.min(burst, before.level + (Math.max(0, nowMs - before.atMs) / 1000) * perSecond)
    if (level < 1) return Math.max(1, Math.ceil((1 - level) / perSecond))
    if (count === 0) return 0
    this.#buckets.delete(key)
    this.#buckets.set(key, { level: level - count, atMs: nowMs })
    if (this.#buckets.size > CENTRAL_LIMITS.rateKeys) for (const oldest of this.#buckets.keys().take(1)) this.#buckets.delete(oldest)
    return 0
  }
}
