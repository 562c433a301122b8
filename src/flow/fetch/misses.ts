import type { Digest } from '#core'

const REMEMBERED_MS = 5000
const REMEMBERED = 10_000

/** Blobs that nobody had a moment ago: asking everybody again would give the same answer. Bounded; the oldest are forgotten first. */
export class Misses {
  readonly #untilMs = new Map<Digest, number>()

  note(digest: Digest, nowMs: number): void {
    this.#untilMs.delete(digest)
    this.#untilMs.set(digest, nowMs + REMEMBERED_MS)
    const [oldest] = this.#untilMs.keys()
    if (this.#untilMs.size > REMEMBERED && oldest !== undefined) this.#untilMs.delete(oldest)
  }

  covers(digest: Digest, nowMs: number): boolean {
    return (this.#untilMs.get(digest) ?? 0) > nowMs
  }

  /** Somebody has it now. */
  forget(digest: Digest): void {
    this.#untilMs.delete(digest)
  }

  /** Somebody came who may have any of them. */
  clear(): void {
    this.#untilMs.clear()
  }
}
