import type { Digest } from '#core'
import type { BlobStore, SweptBlobs } from '#store'

/** What this node holds, in whole blobs. */
export interface HeldUsage {
  readonly count: number
  readonly bytes: number
  /** Set aside for what is arriving. */
  readonly partialBytes: number
  /** What all together may have; absent: no limit. */
  readonly quotaBytes?: number
  /** Of these, what is never dropped for room. */
  readonly kept: { readonly count: number; readonly bytes: number }
}

/** What came of hashing everything again. */
export interface CheckedBlobs {
  readonly count: number
  readonly bytes: number
  /** Not what their names say: they were dropped, so that they can be had again. */
  readonly damaged: readonly { readonly digest: Digest; readonly sizeBytes: number; readonly isKept: boolean }[]
}

/** All blobs of a node, for whoever looks after its disk. */
export class HeldBlobs {
  readonly #blobs: BlobStore

  constructor(blobs: BlobStore) {
    this.#blobs = blobs
  }

  /** What there is. */
  async usage(): Promise<HeldUsage> {
    const kept = (await this.#blobs.list()).filter(({ isKept }) => isKept)
    const { quotaBytes, ...usage } = await this.#blobs.usage()
    const limit = Number.isFinite(quotaBytes) ? { quotaBytes } : {}
    return { ...usage, ...limit, kept: { count: kept.length, bytes: kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) } }
  }

  /** Drops what nobody keeps. */
  clear(signal: AbortSignal): Promise<SweptBlobs> {
    return this.#blobs.sweep(signal)
  }

  /** Hashes everything again. What came or went meanwhile is not looked at. */
  async check(signal: AbortSignal): Promise<CheckedBlobs> {
    const damaged: CheckedBlobs['damaged'][number][] = []
    let [count, bytes] = [0, 0]
    for (const held of await this.#blobs.list()) {
      signal.throwIfAborted()
      if ((await this.#blobs.size(held.digest)) === undefined) continue
      count++
      bytes += held.sizeBytes
      if (!(await this.#blobs.confirm(held.digest, 'anew'))) damaged.push(held)
    }
    return { count, bytes, damaged }
  }
}
