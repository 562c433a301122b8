import { createHash, type Hash } from 'node:crypto'
import { pieceRange } from '#core'
import type { Span } from './piece-demand.ts'

/** A piece as it came. */
export interface AssembledPiece {
  readonly piece: number
  readonly offset: number
  readonly length: number
  /** The buffers it came in. */
  readonly chunks: readonly Uint8Array[]
  readonly sha256: Uint8Array
}

/** Puts the pieces of one span together from the chunks of a stream, and hashes them while they come. Nothing is copied. */
export class PieceAssembly {
  readonly #sizeBytes: number
  readonly #end: number
  #piece: number
  #chunks: Uint8Array[] = []
  #hash: Hash = createHash('sha256')
  #missingBytes: number

  constructor({ first, end }: Span, sizeBytes: number) {
    this.#sizeBytes = sizeBytes
    this.#piece = first
    this.#end = end
    this.#missingBytes = pieceRange(sizeBytes, first).length
  }

  /** The piece that is coming in; the end of the span when it is complete. */
  get piece(): number {
    return this.#piece
  }

  get isComplete(): boolean {
    return this.#piece >= this.#end
  }

  /** Takes as much as belongs to the piece that is coming in, and says how much that was, and what is complete now. */
  take(chunk: Uint8Array): { readonly taken: number; readonly complete: AssembledPiece | undefined } {
    const part = chunk.length <= this.#missingBytes ? chunk : chunk.subarray(0, this.#missingBytes)
    this.#hash.update(part)
    this.#chunks.push(part)
    this.#missingBytes -= part.length
    return { taken: part.length, complete: this.#missingBytes === 0 ? this.#complete() : undefined }
  }

  #complete(): AssembledPiece {
    const { offset, length } = pieceRange(this.#sizeBytes, this.#piece)
    const made = { piece: this.#piece, offset, length, chunks: this.#chunks, sha256: this.#hash.digest() }
    this.#piece += 1
    this.#chunks = []
    this.#hash = createHash('sha256')
    this.#missingBytes = this.isComplete ? 0 : pieceRange(this.#sizeBytes, this.#piece).length
    return made
  }
}
