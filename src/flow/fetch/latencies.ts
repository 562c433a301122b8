const REMEMBERED = 128
const QUANTILE = 0.85

/** How long the last answers took. */
export class Latencies {
  readonly #ms: number[] = []
  #next = 0

  note(ms: number): void {
    this.#ms[this.#next] = ms
    this.#next = (this.#next + 1) % REMEMBERED
  }

  /** The time within which 85 of 100 answers came, within bounds; `maxMs` before the first. */
  p85(minMs: number, maxMs: number): number {
    const sorted = this.#ms.toSorted((a, b) => a - b)
    const ms = sorted[Math.ceil(sorted.length * QUANTILE) - 1] ?? maxMs
    return Math.min(maxMs, Math.max(minMs, ms))
  }
}
