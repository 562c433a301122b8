import { type Digest, NPM_LIMITS } from '#core'
import type { BlobStore, BlobWriter } from '#store'

/** So much is written at once: a write takes its time whatever it writes. */
const LOT_BYTES = 1024 * 1024

/** An archive on its way into the store: a small one is written when it is known to be right, a large one while it comes. */
export class TarballDraft implements AsyncDisposable {
  readonly #blobs: BlobStore
  #writer: BlobWriter | undefined
  #waiting: Uint8Array[] = []
  #waitingBytes = 0

  constructor(blobs: BlobStore) {
    this.#blobs = blobs
  }

  async push(chunk: Uint8Array): Promise<void> {
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    if (this.#waitingBytes >= (this.#writer === undefined ? NPM_LIMITS.passingBytes / 2 : LOT_BYTES)) await this.#write()
  }

  /** Everything was pushed. Throws `integrity` where it is something else, and why it cannot be kept. */
  async seal(digest: Digest): Promise<void> {
    const writer = await this.#write()
    await writer.seal(digest)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#waiting = []
    await this.#writer?.[Symbol.asyncDispose]()
  }

  async #write(): Promise<BlobWriter> {
    const [first = new Uint8Array(), ...others] = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    this.#writer ??= await this.#blobs.create()
    await this.#writer.append(others.length === 0 ? first : Buffer.concat([first, ...others]))
    return this.#writer
  }
}
