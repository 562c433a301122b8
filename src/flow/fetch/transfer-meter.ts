/** How a transfer goes, at one moment. */
export interface TransferRate {
  /** Over the last seconds. */
  readonly bytesPerSecond: number
  /** Absent while nothing comes. */
  readonly remainingMs?: number
}

/** No more often than this. */
const EVERY_MS = 250
/** What counts as the last seconds. */
const WINDOW_MS = 3000

/** Tells a few times a second how fast a transfer is. Times are milliseconds that never go back. */
export class TransferMeter {
  readonly #sizeBytes: number
  readonly #samples: { readonly at: number; readonly bytes: number }[] = []
  #most = 0

  constructor(sizeBytes: number) {
    this.#sizeBytes = sizeBytes
  }

  /** What was here the last time: it never falls, though pieces that come in may be thrown away. */
  get receivedBytes(): number {
    return this.#most
  }

  /** `undefined`: too soon after the last time, or the first time: what is here at the beginning says nothing of the rate. */
  measure(receivedBytes: number, now: number): TransferRate | undefined {
    const last = this.#samples.at(-1)
    if (last === undefined) this.#samples.push({ at: now, bytes: receivedBytes })
    if (last === undefined || now - last.at < EVERY_MS) return undefined
    this.#most = Math.max(this.#most, Math.min(receivedBytes, this.#sizeBytes))
    this.#samples.push({ at: now, bytes: this.#most })
    while (this.#samples.length > 2 && now - (this.#samples[1]?.at ?? now) >= WINDOW_MS) this.#samples.shift()
    const first = this.#samples[0] ?? last
    const bytesPerSecond = Math.max(0, Math.round(((this.#most - first.bytes) * 1000) / (now - first.at)))
    const left = this.#sizeBytes - this.#most
    return { bytesPerSecond, ...(bytesPerSecond > 0 && { remainingMs: Math.round((left * 1000) / bytesPerSecond) }) }
  }
}
