import { LIMITS, prefixOfHost } from '#core'
import { isNearby } from './address-scope.ts'

/** So many at once, and so many per second after that. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** What is left of a burst, and when that was counted. */
export interface Bucket {
  readonly tokens: number
  readonly atMs: number
}

/** What is wanted of a bucket, and when. */
export interface Draw {
  readonly nowMs: number
  readonly count: number
}

/** Takes tokens out of a bucket (absent: full), or none when there are fewer. */
export const takeTokens = (bucket: Bucket | undefined, rate: Rate, { nowMs, count }: Draw): { readonly granted: boolean; readonly bucket: Bucket } => {
  const elapsedMs = Math.max(0, nowMs - (bucket?.atMs ?? nowMs))
  const tokens = Math.min(rate.burst, (bucket?.tokens ?? rate.burst) + (elapsedMs / 1000) * rate.perSecond)
  const granted = tokens >= count
  return { granted, bucket: { tokens: granted ? tokens - count : tokens, atMs: nowMs } }
}

/** One bucket per key; above the limit of keys, those that were not used for longest are forgotten (and so are full again). */
export class Buckets {
  readonly #rate: Rate
  readonly #capacity: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(rate: Rate, capacity: number = LIMITS.rateBuckets) {
    this.#rate = rate
    this.#capacity = capacity
  }

  get size(): number {
    return this.#buckets.size
  }

  /** Whether `key` may do `count` things now. */
  take(key: string, nowMs: number, count = 1): boolean {
    const { granted, bucket } = takeTokens(this.#buckets.get(key), this.#rate, { nowMs, count })
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    if (this.#buckets.size > this.#capacity) {
      const [oldest] = this.#buckets.keys()
      if (oldest !== undefined) this.#buckets.delete(oldest)
    }
    return granted
  }
}

/** Who wants something, and where it is. */
export interface Caller {
  readonly peer: string
  /** In its one spelling; absent: not known any more. */
  readonly host: string | undefined
}

/** A bucket for each peer and one for each prefix that peers come from, so that many new ids of one network get no more than a few old ones. */
export class PeerBuckets {
  readonly #peers: Buckets
  readonly #prefixes: Buckets

  constructor({ perSecond, burst }: Rate) {
    this.#peers = new Buckets({ perSecond, burst })
    this.#prefixes = new Buckets({ perSecond: LIMITS.prefixShares * perSecond, burst: LIMITS.prefixShares * burst })
  }

  /** Whether a peer may do `count` things now. */
  take({ peer, host }: Caller, nowMs: number, count = 1): boolean {
    if (!this.#peers.take(peer, nowMs, count)) return false
    return host === undefined || isNearby(host) || this.#prefixes.take(prefixOfHost(host), nowMs, count)
  }
}
