import { GgenError } from './errors.ts'
import { LIMITS } from './limits.ts'

/** Number of pieces of a blob: every piece has `LIMITS.pieceBytes`, the last one what is left; an empty blob has none. */
export const pieceCount = (sizeBytes: number): number => Math.ceil(sizeBytes / LIMITS.pieceBytes)

/** First byte and length of a piece. */
export const pieceRange = (sizeBytes: number, piece: number): { readonly offset: number; readonly length: number } => {
  const offset = piece * LIMITS.pieceBytes
  return { offset, length: Math.min(LIMITS.pieceBytes, sizeBytes - offset) }
}

/** A set of the pieces of one blob, one bit each. */
export class PieceSet {
  readonly count: number
  readonly #bits: Uint8Array
  #size = 0

  constructor(count: number) {
    this.count = count
    this.#bits = new Uint8Array(Math.ceil(count / 8))
  }

  /** Reads what `toBytes` wrote, for a blob of `count` pieces; throws `frame-invalid` on another length or bits beyond the end. */
  static fromBytes(bytes: Uint8Array, count: number): PieceSet {
    const set = new PieceSet(count)
    if (bytes.length !== set.#bits.length) throw new GgenError('frame-invalid', `${count} pieces need ${set.#bits.length} bytes, not ${bytes.length}`)
    const spare = bytes.length * 8 - count
    if (spare > 0 && ((bytes.at(-1) ?? 0) & (0xff >> (8 - spare))) !== 0) throw new GgenError('frame-invalid', 'bits beyond the last piece')
    for (let piece = 0; piece < count; piece++) if (((bytes[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0) set.add(piece)
    return set
  }

  /** How many pieces are in it. */
  get size(): number {
    return this.#size
  }

  get isFull(): boolean {
    return this.#size === this.count
  }

  has(piece: number): boolean {
    return ((this.#bits[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0
  }

  add(piece: number): void {
    if (piece < 0 || piece >= this.count || this.has(piece)) return
    this.#bits[piece >> 3] = (this.#bits[piece >> 3] ?? 0) | (0x80 >> (piece & 7))
    this.#size += 1
  }

  /** Piece 0 is the highest bit of the first byte; unused bits of the last byte are 0. */
  toBytes(): Uint8Array {
    return Uint8Array.from(this.#bits)
  }
}
