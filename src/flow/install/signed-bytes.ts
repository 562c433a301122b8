import { Fingerprinter, GgenError } from '#core'
import type { VouchedRelease, VerifiedArchive } from './verified-archive.ts'

/** The bytes of an archive, hashed while they are read; what reads them may stop early without ending them. */
export class SignedBytes implements AsyncDisposable {
  readonly #release: VouchedRelease
  readonly #source: AsyncIterator<Uint8Array>
  readonly #fingerprinter = new Fingerprinter()

  constructor({ release, chunks }: VerifiedArchive) {
    this.#release = release
    this.#source = chunks[Symbol.asyncIterator]()
  }

  /** The bytes that are left. Throws `integrity` when there are more than were signed, and what the source throws. */
  async *read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next: IteratorResult<Uint8Array, unknown> = await this.#source.next()
      if (next.done === true) return
      this.#fingerprinter.update(next.value)
      if (this.#fingerprinter.sizeBytes > this.#release.sizeBytes) throw this.#mismatch()
      yield next.value
    }
  }

  /** Reads what is left; throws `integrity` unless all of it is what was signed. May be called once. */
  async check(cause?: unknown): Promise<void> {
    for await (const chunk of this.read()) void chunk
    const { digest, sha512, sizeBytes } = this.#fingerprinter.finish()
    const signed = this.#release
    if (digest !== signed.digest || sha512 !== signed.sha512 || sizeBytes !== signed.sizeBytes) throw this.#mismatch(cause)
  }

  #mismatch(cause?: unknown): GgenError {
    const { name, version, digest } = this.#release
    return new GgenError('integrity', `the archive of ${name}@${version} is not the one that was signed`, { cause, details: { name, version, digest } })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source.return?.()
  }
}
