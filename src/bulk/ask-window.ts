import { LIMITS } from '#core'

const START_BYTES = 64 * 1024
const RANGE_BYTES_MIN = 16 * 1024
/** Ranges under way at once. */
const RANGES = 4
const BYTES_MAX = RANGES * LIMITS.blobRangeBytes
/** An answer that takes less time lets more be asked for, one that takes more lets less. */
const QUICK_MS = 1000
const SLOW_MS = 3000

/**
 * How much to ask of a peer at once, by how long its answers take: an answer counts as a whole, and one that does not come within
 * `LIMITS.askTimeoutMs` is lost. So little is asked of a slow peer, or of one with a limit, and of a quick one enough to hide the way there and back.
 */
export class AskWindow {
  #bytes = START_BYTES

  /** All that is under way, in bytes. */
  get bytes(): number {
    return this.#bytes
  }

  /** One range, in bytes. */
  get rangeBytes(): number {
    return Math.max(RANGE_BYTES_MIN, this.#bytes / RANGES)
  }

  /** An answer took this long. */
  answered(tookMs: number): void {
    if (tookMs < QUICK_MS) this.#bytes = Math.min(BYTES_MAX, this.#bytes * 2)
    else if (tookMs > SLOW_MS) this.#bytes = Math.max(RANGE_BYTES_MIN, this.#bytes / 2)
  }
}
