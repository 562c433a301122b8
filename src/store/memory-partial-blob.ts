import assert from 'node:assert/strict'
import { type Digest, Fingerprinter, type Sha512 } from '#core'
import type { BlobRange } from './blob-store.ts'
import { CoveredRanges } from './covered-ranges.ts'
import type { PartialBlob } from './partial-blob.ts'
import { blobNotFound, wrongDigest, wrongSha512 } from './refusals.ts'

/** What a partial blob in memory is made of, and who is told how it ends. */
export interface MemoryPartial {
  readonly digest: Digest
  /** Its bytes, zeros where nothing was written; they outlive the opening. */
  readonly bytes: Uint8Array
  readonly isResumed: boolean
  /** Throws `cancelled` when the store is closed. */
  assertOpen(): void
  ended(how: 'closed' | 'discarded' | 'sealed'): void
}

/** A partial blob that lives as long as the process. */
export class MemoryPartialBlob implements PartialBlob {
  readonly #partial: MemoryPartial
  readonly #covered: CoveredRanges
  #hasEnded = false

  constructor(partial: MemoryPartial) {
    this.#partial = partial
    this.#covered = new CoveredRanges(partial.bytes.length)
  }

  get digest(): Digest {
    return this.#partial.digest
  }

  get sizeBytes(): number {
    return this.#partial.bytes.length
  }

  get isResumed(): boolean {
    return this.#partial.isResumed
  }

  async read({ offset, length }: BlobRange): Promise<Uint8Array> {
    this.#partial.assertOpen()
    if (this.#hasEnded) throw blobNotFound(this.digest)
    return this.#partial.bytes.slice(offset, offset + length)
  }

  async write(offset: number, chunks: readonly Uint8Array[]): Promise<void> {
    this.#assertOpen()
    this.#covered.add(offset, chunks.reduce((sum, chunk) => sum + chunk.length, 0))
    let position = offset
    for (const chunk of chunks) {
      this.#partial.bytes.set(chunk, position)
      position += chunk.length
    }
  }

  async confirm(offset: number, bytes: Uint8Array): Promise<void> {
    await this.write(offset, [bytes])
  }

  async seal(sha512?: Sha512): Promise<void> {
    this.#assertOpen()
    assert(this.#covered.isWhole, 'a blob is sealed when all of it is there')
    const hashes = new Fingerprinter()
    hashes.update(this.#partial.bytes)
    const actual = hashes.finish()
    const isRight = actual.digest === this.digest && (sha512 ?? actual.sha512) === actual.sha512
    this.#end(isRight ? 'sealed' : 'discarded')
    if (!isRight) throw actual.digest === this.digest ? wrongSha512(this.digest) : wrongDigest(this.digest, actual.digest)
  }

  async discard(): Promise<void> {
    if (!this.#hasEnded) this.#end('discarded')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) this.#end(this.isResumed || !this.#covered.isEmpty ? 'closed' : 'discarded')
  }

  #end(how: 'closed' | 'discarded' | 'sealed'): void {
    this.#hasEnded = true
    this.#partial.ended(how)
  }

  #assertOpen(): void {
    this.#partial.assertOpen()
    assert(!this.#hasEnded, 'this partial blob has ended')
  }
}
