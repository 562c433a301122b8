import { type Digest, LIMITS, type Receipt } from '#core'
import type { ReceiptStore } from './receipt-store.ts'
import { storeClosed } from './refusals.ts'

/** Receipts that live as long as the process. Indistinguishable from those on disk, apart from being forgotten. */
export const memoryReceiptStore = (): ReceiptStore => new MemoryReceiptStore()

class MemoryReceiptStore implements ReceiptStore {
  /** Oldest first. */
  readonly #receipts = new Map<Digest, Receipt>()
  #closed = false

  put(receipt: Receipt): void {
    this.#assertOpen()
    this.#receipts.delete(receipt.digest)
    this.#receipts.set(receipt.digest, structuredClone(receipt))
    if (this.#receipts.size <= LIMITS.receipts) return
    const [oldest] = this.#receipts.keys()
    if (oldest !== undefined) this.#receipts.delete(oldest)
  }

  find(digest: Digest): Receipt | undefined {
    this.#assertOpen()
    const receipt = this.#receipts.get(digest)
    return receipt && structuredClone(receipt)
  }

  [Symbol.dispose](): void {
    this.#closed = true
  }

  #assertOpen(): void {
    if (this.#closed) throw storeClosed()
  }
}
