import { LIMITS } from '#core'

/**
 * Judges whether a peer crawls, without a clock of its own: only time in which the reader waited counts. Silence of `stallTimeoutMs` is a
 * stall, and so is less than `LIMITS.stallBytesPerSecond` over that time; found out after two of them at the latest.
 */
export class Pulse {
  readonly #stallTimeoutMs: number
  #waitedMs = 0
  #silentMs = 0
  #bytes = 0
  #waitingSince: number | undefined

  constructor(stallTimeoutMs: number) {
    this.#stallTimeoutMs = stallTimeoutMs
  }

  /** The reader waits from now on. */
  waits(nowMs: number): void {
    this.#waitingSince ??= nowMs
  }

  /** The reader has something to do. */
  rests(nowMs: number): void {
    this.#count(nowMs)
    this.#waitingSince = undefined
  }

  /** Bytes came. */
  beats(bytes: number): void {
    this.#bytes += bytes
    this.#silentMs = 0
  }

  /** To be asked now and then. */
  hasStalled(nowMs: number): boolean {
    this.#count(nowMs)
    if (this.#silentMs >= this.#stallTimeoutMs) return true
    if (this.#waitedMs < this.#stallTimeoutMs) return false
    if (this.#bytes * 1000 < LIMITS.stallBytesPerSecond * this.#waitedMs) return true
    this.#waitedMs = 0
    this.#bytes = 0
    return false
  }

  #count(nowMs: number): void {
    if (this.#waitingSince === undefined) return
    this.#waitedMs += nowMs - this.#waitingSince
    this.#silentMs += nowMs - this.#waitingSince
    this.#waitingSince = nowMs
  }
}
