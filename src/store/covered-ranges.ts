import assert from 'node:assert/strict'

/** Which bytes of a blob are there: ranges that never overlap, neighbours joined. */
export class CoveredRanges {
  readonly #sizeBytes: number
  /** First byte and first byte behind, ascending. */
  readonly #ranges: [start: number, end: number][] = []

  constructor(sizeBytes: number) {
    this.#sizeBytes = sizeBytes
  }

  get isEmpty(): boolean {
    return this.#ranges.length === 0
  }

  get isWhole(): boolean {
    return this.endFrom(0) === this.#sizeBytes
  }

  /** Adds a range; one that lies outside the blob or meets bytes that are there is a bug of the caller. */
  add(offset: number, length: number): void {
    const end = offset + length
    assert(Number.isSafeInteger(offset) && offset >= 0 && length >= 0 && end <= this.#sizeBytes, 'a range lies inside the blob')
    if (length === 0) return
    const at = this.#firstEndingFrom(offset)
    const [before, after] = [this.#ranges[at], this.#ranges[at + 1]]
    const touches = before?.[1] === offset
    const next = touches ? after : before
    assert(next === undefined || next[0] >= end, 'a range is written or confirmed once')
    const reachesNext = next?.[0] === end
    if (touches && reachesNext) this.#ranges.splice(at, 2, [before[0], next[1]])
    else if (touches) before[1] = end
    else if (reachesNext) next[0] = offset
    else this.#ranges.splice(at, 0, [offset, end])
  }

  /** Up to where every byte from `offset` on is there; `offset` itself when that one is missing. */
  endFrom(offset: number): number {
    const range = this.#ranges[this.#firstEndingFrom(offset + 1)]
    return range === undefined || range[0] > offset ? offset : range[1]
  }

  /** Index of the first range whose end is `position` or behind it. */
  #firstEndingFrom(position: number): number {
    let [low, high] = [0, this.#ranges.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#ranges[middle]?.[1] ?? 0) < position) low = middle + 1
      else high = middle
    }
    return low
  }
}
