import { PieceSet } from '#core'

/** What a holder has of a blob; `pieces` absent: everything. */
interface Having {
  readonly pieces: PieceSet | undefined
  has(piece: number): boolean
}

/** Pieces that follow each other: from `first` to before `end`. */
export interface Span {
  readonly first: number
  readonly end: number
}

/** Which pieces of a blob are here, which are on their way, and which one to ask for next. */
export class PieceDemand {
  readonly here: PieceSet
  /** How many requests will bring each piece. */
  readonly #coming: Uint8Array
  /** Pieces that are neither here nor on their way. */
  #open: number
  /** All before it are here or on their way. */
  #from = 0
  /** How many sources have each piece; absent: all have everything. */
  #copies: Uint16Array | undefined

  constructor(count: number) {
    this.here = new PieceSet(count)
    this.#coming = new Uint8Array(count)
    this.#open = count
  }

  get count(): number {
    return this.here.count
  }

  get open(): number {
    return this.#open
  }

  isOpen(piece: number): boolean {
    return !this.here.has(piece) && this.#coming[piece] === 0
  }

  /** How many requests will bring it. */
  coming(piece: number): number {
    return this.#coming[piece] ?? 0
  }

  arrived(piece: number): void {
    if (this.isOpen(piece)) this.#open -= 1
    this.here.add(piece)
  }

  /** Somebody was asked for these pieces. */
  take({ first, end }: Span): void {
    for (let piece = first; piece < end; piece++) {
      if (this.isOpen(piece)) this.#open -= 1
      this.#coming[piece] = this.coming(piece) + 1
    }
  }

  /** Whoever was asked for them will not bring them. */
  release({ first, end }: Span): void {
    for (let piece = first; piece < end; piece++) {
      this.#coming[piece] = this.coming(piece) - 1
      if (this.isOpen(piece)) this.#open += 1
    }
    this.#from = Math.min(this.#from, first)
  }

  /** To be told whenever somebody comes, goes or has more: pieces that few have go first, as soon as anybody lacks any. */
  weigh(sources: Iterable<Having>): void {
    const all = [...sources]
    if (all.every(({ pieces }) => pieces === undefined)) {
      this.#copies = undefined
      return
    }
    this.#copies = new Uint16Array(this.count)
    for (const source of all) for (let piece = 0; piece < this.count; piece++) if (source.has(piece)) this.#copies[piece] = (this.#copies[piece] ?? 0) + 1
  }

  /** The best open piece of a source: the rarest, and of equal ones the first. */
  best(source: Having): number | undefined {
    let [best, fewest] = [undefined as number | undefined, Infinity]
    while (this.#from < this.count && !this.isOpen(this.#from)) this.#from += 1
    for (let piece = this.#from; piece < this.count; piece++) {
      if (!this.isOpen(piece) || !source.has(piece)) continue
      if (this.#copies === undefined) return piece
      const copies = this.#copies[piece] ?? 0
      if (copies < fewest) [best, fewest] = [piece, copies]
    }
    return best
  }

  /** The pieces from `first` on that a source can give in one go, at most `limit`. */
  spanFrom(first: number, source: Having, limit: number): Span {
    let end = first + 1
    while (end < this.count && end - first < limit && this.isOpen(end) && source.has(end)) end += 1
    return { first, end }
  }
}
