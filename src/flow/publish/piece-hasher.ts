import { LIMITS } from '#core'
import { createHash, type Hash } from 'node:crypto'

/** The SHA-256 of each piece of a blob that passes in chunks of any size. */
export class PieceHasher {
  readonly #hashes: Uint8Array[] = []
  #hash: Hash = createHash('sha256')
  #filledBytes = 0

  update(chunk: Uint8Array): void {
    for (let offset = 0; offset < chunk.length; ) {
      const part = chunk.subarray(offset, offset + LIMITS.pieceBytes - this.#filledBytes)
      this.#hash.update(part)
      this.#filledBytes += part.length
      offset += part.length
      if (this.#filledBytes === LIMITS.pieceBytes) this.#next()
    }
  }

  /** One hash for each piece, the last one of what is left. May be called once. */
  finish(): readonly Uint8Array[] {
    if (this.#filledBytes > 0) this.#next()
    return this.#hashes
  }

  #next(): void {
    this.#hashes.push(Uint8Array.from(this.#hash.digest()))
    this.#hash = createHash('sha256')
    this.#filledBytes = 0
  }
}
