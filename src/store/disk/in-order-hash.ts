import { type Fingerprint, Fingerprinter } from '#core'
import { CoveredRanges } from '#store'
import type { HashJob } from './hash-thread.ts'

const READ_BACK_BYTES = 1024 * 1024

/** Fills the bytes from the file, from `offset` on. */
export type ReadBack = (bytes: Uint8Array, offset: number) => Promise<void>

/**
 * Hashes a blob from its first byte to its last while it arrives in any order: what comes next from the buffers it came in, what came early
 * from the file, as soon as everything before it is there. With a job, all of it from the file, by another thread.
 */
export class InOrderHash {
  readonly #readBack: ReadBack
  readonly #hashes = new Fingerprinter()
  readonly #job: HashJob | undefined
  readonly #sizeBytes: number
  /** Hashed up to here by the job. */
  #jobEnd = 0
  readonly #written: CoveredRanges
  #catchingUp: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined
  #buffer: Uint8Array | undefined

  constructor(sizeBytes: number, { readBack, job }: { readonly readBack: ReadBack; readonly job?: HashJob | undefined }) {
    this.#written = new CoveredRanges(sizeBytes)
    this.#sizeBytes = sizeBytes
    this.#readBack = readBack
    this.#job = job
  }

  /** Bytes that are on their way into the file: hashed at once if it is their turn. */
  take(offset: number, chunks: readonly Uint8Array[]): void {
    if (this.#job !== undefined || this.#catchingUp !== undefined || offset !== this.#hashes.sizeBytes) return
    for (const chunk of chunks) this.#hashes.update(chunk)
  }

  /** A range that is in the file now. */
  arrived(offset: number, length: number): void {
    this.#written.add(offset, length)
    const hashed = this.#hashedBytes
    if (this.#catchingUp !== undefined || this.#written.endFrom(hashed) === hashed) return
    this.#catchingUp = this.#catchUp()
  }

  get isWhole(): boolean {
    return this.#written.isWhole
  }

  /** Both hashes, when everything has arrived. Throws what reading back threw. May be called once. */
  async finish(): Promise<Fingerprint> {
    await this.#catchingUp
    if (this.#failure !== undefined) throw this.#failure.error
    return this.#job === undefined ? this.#hashes.finish() : this.#job.finish(this.#sizeBytes)
  }

  /** Waits for what is being hashed, and ends what began; the hashes are not wanted any more. */
  async drop(): Promise<void> {
    await this.#catchingUp
    await this.#job?.drop()
  }

  get #hashedBytes(): number {
    return this.#job === undefined ? this.#hashes.sizeBytes : this.#jobEnd
  }

  async #catchUp(): Promise<void> {
    try {
      while (this.#written.endFrom(this.#hashedBytes) > this.#hashedBytes) {
        await (this.#job === undefined ? this.#hashNext() : this.#letHash(this.#job))
      }
      // Nothing may come between seeing that all is hashed and saying so: what arrives now starts anew.
      this.#catchingUp = undefined
    } catch (error) {
      this.#failure = { error }
    }
  }

  async #letHash(job: HashJob): Promise<void> {
    const end = this.#written.endFrom(this.#jobEnd)
    await job.hash(end)
    this.#jobEnd = end
  }

  async #hashNext(): Promise<void> {
    this.#buffer ??= new Uint8Array(READ_BACK_BYTES)
    const start = this.#hashes.sizeBytes
    const bytes = this.#buffer.subarray(0, Math.min(READ_BACK_BYTES, this.#written.endFrom(start) - start))
    await this.#readBack(bytes, start)
    this.#hashes.update(bytes)
  }
}
