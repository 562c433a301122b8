const REMEMBERED = 128
const QUANTILE = 0.85

/** How long the last answers took. */
export class Latencies {
  readonly #ms: number[] = []
  #next = 0
  #p85: number | undefined

  note(ms: number): void {
    this.#ms[this.#next] = ms
    this.#next = (this.#next + 1) % REMEMBERED
    this.#p85 = undefined
  }

  /** The time within which 85 of 100 answers came, within bounds; `maxMs` before the first. */
  p85(minMs: number, maxMs: number): number {
    if (this.#ms.length === 0) return maxMs
    this.#p85 ??= this.#ms.toSorted((a, b) => a - b)[Math.ceil(this.#ms.length * QUANTILE) - 1]
    return Math.min(maxMs, Math.max(minMs, this.#p85 ?? maxMs))
  }
}
