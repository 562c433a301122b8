import assert from 'node:assert/strict'

/** A word and how many packages have it in their name. */
export interface SpelledWord {
  readonly word: string
  readonly count: number
}

/** Below it, a letter more or less makes another word. */
const CHARS_MIN = 4
/** Letters that may be wrong in a long word; in a shorter one, a single one. */
const EDITS_MAX = 2
const LONG_CHARS = 7
/** Deletions are made in the beginning of a word: typing errors in its rest are found all the same, because lengths may differ there. */
const PREFIX_CHARS = 8
/** In so many names it is no slip: one that is in fewer may be there to be mistaken for another. */
const ESTABLISHED = 3
/** Larger than any index into the words. */
const SLOTS = 2 ** 20
/** Lists of slots, told apart by the upper bits of the hash; each is sorted when it is first looked into, in about a millisecond. */
const LISTS = 256
const HASHES_PER_LIST = 2 ** 32 / LISTS

/**
 * Finds the words that someone may have meant: two words that are a slip apart share one of the texts that remain when a letter is left out
 * (SymSpell). These are kept as sorted lists of numbers, hash and word in one, which take a tenth of the room of a map.
 */
export class Spelling {
  readonly #words: SpelledWord[] = []
  readonly #lists = Array.from({ length: LISTS }, (): SlotList => ({ fresh: [], sorted: new Float64Array() }))

  /** Adds words, as far as there is room. */
  add(words: readonly SpelledWord[]): void {
    for (const spelled of words) {
      if (this.#words.length >= SLOTS || Array.from(spelled.word).length < CHARS_MIN - 1) continue
      const index = this.#words.push(spelled) - 1
      for (const rest of remnants(spelled.word)) this.#listOf(hash(rest)).fresh.push(hash(rest) * SLOTS + index)
    }
  }

  /** The words with those corrected that can be, each once; `undefined` when none can. */
  correctAll(words: readonly string[]): readonly string[] | undefined {
    const corrected = new Set(words.map((word) => this.correct(word) ?? word))
    return words.every((word) => corrected.has(word)) ? undefined : [...corrected]
  }

  /** The most likely word in more names: fewest slips, then in most names, then first by code units. None for a word that is in names itself. */
  correct(word: string): string | undefined {
    if (Array.from(word).length < CHARS_MIN) return undefined
    const allowed = word.length >= LONG_CHARS ? EDITS_MAX : 1
    const near = this.#near(word)
    const own = near.find((spelled) => spelled.word === word)?.count ?? 0
    if (own >= ESTABLISHED) return undefined
    const guesses = near.flatMap((spelled) => {
      const edits = spelled.count > own ? distance(word, spelled.word, allowed) : Infinity
      return edits <= allowed ? { spelled, edits } : []
    })
    return guesses.sort(byLikelihood)[0]?.spelled.word
  }

  #near(word: string): SpelledWord[] {
    const near = new Set<number>()
    for (const rest of remnants(word)) {
      const first = hash(rest) * SLOTS
      const slots = sortedSlots(this.#listOf(hash(rest)))
      for (let at = firstFrom(slots, first); (slots[at] ?? Infinity) < first + SLOTS; at += 1) near.add((slots[at] ?? 0) - first)
    }
    return [...near].flatMap((index) => this.#words[index] ?? [])
  }

  #listOf(hashed: number): SlotList {
    const list = this.#lists[Math.floor(hashed / HASHES_PER_LIST)]
    assert(list, 'a hash has 32 bits')
    return list
  }
}

interface SlotList {
  readonly fresh: number[]
  sorted: Float64Array
}

const sortedSlots = (list: SlotList): Float64Array => {
  if (list.fresh.length > 0) list.sorted = Float64Array.from([...list.sorted, ...list.fresh]).sort()
  list.fresh.length = 0
  return list.sorted
}

const firstFrom = (slots: Float64Array, slot: number): number => {
  let [low, high] = [0, slots.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((slots[middle] ?? Infinity) < slot) low = middle + 1
    else high = middle
  }
  return low
}

type Guess = { readonly spelled: SpelledWord; readonly edits: number }

const byLikelihood = (a: Guess, b: Guess): number =>
  a.edits - b.edits || b.spelled.count - a.spelled.count || (a.spelled.word < b.spelled.word ? -1 : 1)

/** The beginning of a word, and what remains of it when one letter is left out. */
const remnants = (word: string): Set<string> => {
  const beginning = word.slice(0, PREFIX_CHARS)
  const all = new Set([beginning])
  for (let at = 0; at < beginning.length; at += 1) all.add(beginning.slice(0, at) + beginning.slice(at + 1))
  return all
}

/** FNV-1a, 32 bits: two texts that share it only cost a comparison. */
const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value >>> 0
}

/** Letters to change, add, leave out or swap with their neighbour until one word is the other; `most + 1` when it is more than `most`. */
const distance = (a: string, b: string, most: number): number => {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let [before, last] = [new Uint8Array(b.length + 1), Uint8Array.from({ length: b.length + 1 }, (_, column) => column)]
  for (let row = 1; row <= a.length; row += 1) {
    const line = new Uint8Array(b.length + 1).fill(row, 0, 1)
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1]
      let least = Math.min((last[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + Number(!isSame))
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (isSwap) least = Math.min(least, (before[column - 2] ?? 0) + 1)
      line[column] = least
    }
    if (Math.min(...line) > most) return most + 1
    ;[before, last] = [last, line]
  }
  return Math.min(most + 1, last[b.length] ?? 0)
}
