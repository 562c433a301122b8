import type { Digest } from '#core'

interface Use {
  usedAt: number
  storedAt: number
}

/** How many blobs' uses are known to the millisecond; of the others, to the minute, from where the twin writes them. */
const USES = 65_536
const STORE_EVERY_MS = 60_000

/** When which blob was used last, and when that is worth writing down. */
export class LastUses {
  readonly #uses = new Map<Digest, Use>()
  readonly #onForgotten: () => void

  constructor(onForgotten: () => void) {
    this.#onForgotten = onForgotten
  }

  /** Remembers a use; true when it should be written down too: at most once a minute for a blob. */
  note(digest: Digest, now: number): boolean {
    const use = this.#uses.get(digest)
    if (use === undefined) this.#set(digest, { usedAt: now, storedAt: now })
    else use.usedAt = now
    if (use !== undefined && now - use.storedAt < STORE_EVERY_MS) return false
    if (use !== undefined) use.storedAt = now
    return true
  }

  /** Remembers a blob that was written just now. */
  noteWritten(digest: Digest, now: number): void {
    this.#set(digest, { usedAt: now, storedAt: now })
  }

  forget(digest: Digest): void {
    this.#uses.delete(digest)
  }

  at(digest: Digest): number | undefined {
    return this.#uses.get(digest)?.usedAt
  }

  #set(digest: Digest, use: Use): void {
    if (this.#uses.size >= USES && !this.#uses.has(digest)) {
      this.#uses.clear()
      this.#onForgotten()
    }
    this.#uses.set(digest, use)
  }
}
