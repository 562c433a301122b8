/** One way of a link with a bandwidth: says when bytes have passed it. All connections of the link share it, in the order in which they ask. */
export class Lane {
  readonly #bytesPerMs: number
  #freeAt = 0

  /** Without a limit everything has passed at once. */
  constructor(bytesPerSecond = Number.POSITIVE_INFINITY) {
    this.#bytesPerMs = bytesPerSecond / 1000
  }

  /** Milliseconds on the caller's clock at which these bytes are through; a lane that was idle has saved nothing up. */
  pass(bytes: number, nowMs: number): number {
    this.#freeAt = Math.max(this.#freeAt, nowMs) + bytes / this.#bytesPerMs
    return this.#freeAt
  }

  /** Bytes that a reader may take ahead: what the lane moves in that time, and enough to keep it busy. */
  window(aheadMs: number): number {
    const most = 16 * 1024 * 1024
    return Math.min(most, Math.max(64 * 1024, this.#bytesPerMs * (aheadMs + 20)))
  }

  /** Largest part that goes through in one go, so that slow lanes flow and do not jerk. */
  get partBytes(): number {
    return Math.min(64 * 1024, Math.max(512, Math.round(this.#bytesPerMs * 4)))
  }
}
