import { type Fingerprint, Fingerprinter } from '#core'
import { CoveredRanges } from '#store'

const READ_BACK_BYTES = 1024 * 1024

/** Fills the bytes from the file, from `offset` on. */
export type ReadBack = (bytes: Uint8Array, offset: number) => Promise<void>

/**
 * Hashes a blob from its first byte to its last while it arrives in any order: what comes next from the buffers it came in, what came early
 * from the file, as soon as everything before it is there.
 */
export class InOrderHash {
  readonly #readBack: ReadBack
  readonly #hashes = new Fingerprinter()
  readonly #written: CoveredRanges
  #catchingUp: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined
  #buffer: Uint8Array | undefined

  constructor(sizeBytes: number, readBack: ReadBack) {
    this.#written = new CoveredRanges(sizeBytes)
    this.#readBack = readBack
  }

  /** Bytes that are on their way into the file: hashed at once if it is their turn. */
  take(offset: number, chunks: readonly Uint8Array[]): void {
    if (this.#catchingUp !== undefined || offset !== this.#hashes.sizeBytes) return
    for (const chunk of chunks) this.#hashes.update(chunk)
  }

  /** A range that is in the file now. */
  arrived(offset: number, length: number): void {
    this.#written.add(offset, length)
    if (this.#catchingUp !== undefined || this.#written.endFrom(this.#hashes.sizeBytes) === this.#hashes.sizeBytes) return
    this.#catchingUp = this.#catchUp()
  }

  get isWhole(): boolean {
    return this.#written.isWhole
  }

  /** Waits for what is being read back; never fails. */
  async idle(): Promise<void> {
    await this.#catchingUp
  }

  /** Both hashes, when everything has arrived. Throws what reading back threw. May be called once. */
  async finish(): Promise<Fingerprint> {
    await this.#catchingUp
    if (this.#failure !== undefined) throw this.#failure.error
    return this.#hashes.finish()
  }

  async #catchUp(): Promise<void> {
    try {
      await this.#hashWhatIsThere()
      this.#catchingUp = undefined
    } catch (error) {
      this.#failure = { error }
    }
  }

  async #hashWhatIsThere(): Promise<void> {
    this.#buffer ??= new Uint8Array(READ_BACK_BYTES)
    for (;;) {
      const start = this.#hashes.sizeBytes
      const length = Math.min(READ_BACK_BYTES, this.#written.endFrom(start) - start)
      if (length === 0) return
      const bytes = this.#buffer.subarray(0, length)
      await this.#readBack(bytes, start)
      this.#hashes.update(bytes)
    }
  }
}
