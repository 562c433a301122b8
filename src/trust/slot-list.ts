import assert from 'node:assert/strict'

/** Larger than any index into the texts; a hash and an index fit into one number without loss. */
const SLOTS = 2 ** 20
const OFFSET_BASIS = 0x811c9dc5
const PRIME = 0x01000193

const withLetter = (hash: number, text: string, at: number): number => Math.imul(hash ^ text.charCodeAt(at), PRIME)

/** FNV-1a, 32 bits: two texts that share it only cost a comparison. */
export const hashOf = (text: string): number => {
  let hash = OFFSET_BASIS
  for (let at = 0; at < text.length; at += 1) hash = withLetter(hash, text, at)
  return hash >>> 0
}

/** The hashes of a text as it is, and of what remains when one of its letters is left out (SymSpell). */
export const hashesOf = (text: string): number[] => {
  const hashes: number[] = [hashOf(text)]
  let before = OFFSET_BASIS
  for (let left = 0; left < text.length; left += 1) {
    let hash = before
    for (let at = left + 1; at < text.length; at += 1) hash = withLetter(hash, text, at)
    // Of two equal letters side by side either may be left out.
    if (text[left] !== text[left - 1]) hashes.push(hash >>> 0)
    before = withLetter(before, text, left)
  }
  return hashes
}

/** Which of many texts have a hash: sorted numbers, hash and index in one, which take a tenth of the room of a map. */
export class SlotList {
  readonly #slots: Float64Array

  /** `hashes` of a text are as many as it has letters, and one more, at most. */
  constructor(texts: readonly string[], hashes: (text: string) => readonly number[]) {
    assert(texts.length <= SLOTS, 'an index fits into its part of a number')
    const slots = new Float64Array(texts.reduce((sum, text) => sum + text.length + 1, 0))
    let count = 0
    for (const [index, text] of texts.entries()) {
      for (const hash of hashes(text)) {
        slots[count] = hash * SLOTS + index
        count += 1
      }
    }
    this.#slots = slots.slice(0, count).sort()
  }

  /** Indexes of the texts that have it, and of no other. */
  *at(hash: number): Iterable<number> {
    const first = hash * SLOTS
    let [low, high] = [0, this.#slots.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#slots[middle] ?? Infinity) < first) low = middle + 1
      else high = middle
    }
    for (let slot = this.#slots[low] ?? Infinity; slot < first + SLOTS; slot = this.#slots[low] ?? Infinity) {
      yield slot - first
      low += 1
    }
  }
}
