/** Fractions, whole numbers and choices that are the same in every run. */
export class SeededRandom {
  #a: number
  #b: number
  #c: number
  #d = 1

  /** Two numbers name a sequence; any two that differ give sequences that have nothing to do with each other. */
  constructor(seed: number, stream: number) {
    this.#a = scramble(seed)
    this.#b = scramble(stream + 0x9e37_79b9)
    this.#c = scramble(seed ^ stream)
    for (let round = 0; round < 8; round++) this.fraction()
  }

  /** In [0, 1). The generator sfc32. */
  fraction(): number {
    const sum = (this.#a + this.#b + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }

  /** A whole number in [0, end). */
  below(end: number): number {
    return Math.floor(this.fraction() * end)
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }
}

/** Spreads the bits of a number over 32; the finalizer of MurmurHash3. */
export const scramble = (value: number): number => {
  let bits = value | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

/** Choices of which some are made more often than others: the shares need not add up to one. */
export class Weighted<T> {
  readonly #choices: readonly T[]
  readonly #sums: readonly number[]

  constructor(shares: readonly (readonly [T, number])[]) {
    let sum = 0
    this.#choices = shares.map(([choice]) => choice)
    this.#sums = shares.map(([, share]) => (sum += share))
  }

  pick(random: SeededRandom): T {
    const point = random.fraction() * (this.#sums.at(-1) ?? 0)
    return this.#choices[this.#sums.findIndex((sum) => point < sum)] as T
  }
}
