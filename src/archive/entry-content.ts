import assert from 'node:assert/strict'
import { broken, unsafe } from './archive-fault.ts'
import { type ByteCursor, isAllZero } from './byte-cursor.ts'
import { tarPaddingBytes } from './tar-header.ts'

/** The bytes of one tar entry, read from the shared cursor: once, and before the next entry. */
export class EntryContent implements AsyncIterable<Uint8Array> {
  readonly #cursor: ByteCursor
  readonly #paddingBytes: number
  #remainingBytes: number
  #finished = false

  constructor(cursor: ByteCursor, sizeBytes: number) {
    this.#cursor = cursor
    this.#remainingBytes = sizeBytes
    this.#paddingBytes = tarPaddingBytes(sizeBytes)
  }

  /** Throws `archive-broken` where the archive ends inside. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    assert(!this.#finished, 'the content of an entry is read before the next entry')
    while (this.#remainingBytes > 0) yield await this.#piece()
  }

  /** Moves the cursor behind the entry, whatever was read of it. Throws `archive-broken` and `archive-unsafe`. */
  async finish(): Promise<void> {
    this.#finished = true
    while (this.#remainingBytes > 0) await this.#piece()
    const padding = await this.#cursor.take(this.#paddingBytes)
    if (padding.length < this.#paddingBytes) throw broken('the archive ends too early')
    if (!isAllZero(padding)) throw unsafe('after-end', 'something is hidden behind the end of a file')
  }

  async #piece(): Promise<Uint8Array> {
    const piece = await this.#cursor.upTo(this.#remainingBytes)
    if (piece === undefined) throw broken('the archive ends too early')
    this.#remainingBytes -= piece.length
    return piece
  }
}
