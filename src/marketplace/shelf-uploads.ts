import { CENTRAL_LIMITS, type Clock, type Digest } from '#core'
import type { BlobStore, RegistryRecords } from '#store'

export interface UploadParts {
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly promises: RegistryRecords
}

/** Archives that were handed in and of which nobody has published a release: they wait for a day, and then make room, whether there is need of it or not. */
export class ShelfUploads {
  readonly #parts: UploadParts
  #lookedAt = -Infinity

  constructor(parts: UploadParts) {
    this.#parts = parts
  }

  /** From now on it waits for its release. */
  note(digest: Digest): void {
    const { promises, clock } = this.#parts
    if (!promises.keeps(digest)) promises.noteUpload(digest, clock.now())
  }

  /** Drops what has waited in vain; looks at most once an hour. Throws what the stores throw. */
  async dropOld(): Promise<void> {
    const { promises, clock, blobs } = this.#parts
    if (clock.monotonic() - this.#lookedAt < CENTRAL_LIMITS.uploadsEveryMs) return
    this.#lookedAt = clock.monotonic()
    const old = promises.uploadsBefore(clock.now() - CENTRAL_LIMITS.uploadMs, CENTRAL_LIMITS.uploadsAtOnce)
    if (old.length === 0) return
    const named = new Set(old)
    // What is kept for another reason, or is being read, stays as long as that holds.
    await blobs.sweep(undefined, (digest) => named.has(digest))
    promises.forgetUploads(old)
  }
}
