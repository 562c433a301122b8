import type { Digest } from '#core'
import type { BlobStore, PartialBlob } from '#store'

/**
 * A partial blob that is opened when something is to be kept in it: whoever only says that he has a blob must not make this node set room aside
 * for it, for which something else may have to go. Dispose after use.
 */
export class LatePartial implements AsyncDisposable {
  readonly #open: () => Promise<PartialBlob>
  #opening: Promise<PartialBlob> | undefined

  constructor(blobs: Pick<BlobStore, 'partial'>, digest: Digest, sizeBytes: number) {
    this.#open = () => blobs.partial(digest, sizeBytes)
  }

  /** Throws what `BlobStore.partial` throws, and again the same. */
  get(): Promise<PartialBlob> {
    this.#opening ??= this.#open()
    return this.#opening
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const [opened] = await Promise.allSettled([this.#opening])
    if (opened.status === 'fulfilled') await opened.value?.[Symbol.asyncDispose]()
  }
}
