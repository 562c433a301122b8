import type { Digest, Receipt } from '#core'

/**
 * Which peers gave the archives that were fetched: for people who ask, so the last ones may be lost in a power failure, and the oldest give
 * way above `LIMITS.receipts`. Synchronous. Every method may throw `store-broken`, `put` also `disk-full`, and all of them `cancelled`
 * after disposing.
 */
export interface ReceiptStore extends Disposable {
  /** Keeps a receipt; replaces the one of the same archive. */
  put(receipt: Receipt): void
  /** The receipt of an archive. */
  find(digest: Digest): Receipt | undefined
}
