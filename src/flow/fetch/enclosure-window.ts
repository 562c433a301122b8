import { LIMITS } from '#core'

const FIRST_BYTES = LIMITS.enclosedBlobBytes
const LEAST_BYTES = FIRST_BYTES / 4
/** An answer that takes less time lets more be enclosed, one that takes more lets less. */
const QUICK_MS = 100
const SLOW_MS = 400

/**
 * How much one peer may enclose in an answer, by how long its answers take: an answer that does not come in time is lost with all that is in
 * it. A slow peer, or one with a limit, encloses little or nothing, and is asked for its bytes by themselves.
 */
export class EnclosureWindow {
  #bytes: number = FIRST_BYTES

  get bytes(): number {
    return this.#bytes
  }

  answered(tookMs: number): void {
    if (tookMs < QUICK_MS) this.#bytes = Math.min(LIMITS.enclosedBytes, Math.max(LEAST_BYTES, this.#bytes * 2))
    else if (tookMs > SLOW_MS) this.#bytes = this.#bytes > LEAST_BYTES ? this.#bytes / 2 : 0
  }

  /** An answer with enclosures did not come in time. */
  lost(): void {
    this.#bytes = 0
  }
}
