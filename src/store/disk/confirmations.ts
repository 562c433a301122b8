import { type Digest, LIMITS } from '#core'

/** Which blobs were right when this process last wrote or hashed them, Unix milliseconds. Bounded: what is forgotten is hashed again. */
export class Confirmations {
  readonly #at = new Map<Digest, number>()

  note(digest: Digest, now: number): void {
    this.#at.delete(digest)
    this.#at.set(digest, now)
    const [oldest] = this.#at.keys()
    if (this.#at.size > LIMITS.confirmedBlobs && oldest !== undefined) this.#at.delete(oldest)
  }

  forget(digest: Digest): void {
    this.#at.delete(digest)
  }

  /** Whether that was not too long ago. A clock that was set back proves nothing. */
  covers(digest: Digest, now: number): boolean {
    const at = this.#at.get(digest)
    return at !== undefined && at <= now && now - at < LIMITS.blobConfirmedMs
  }
}
