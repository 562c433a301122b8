import { LIMITS, type Version } from '#core'
import type { PackageKey } from './seed-policy.ts'

/** A release that this node wants to have for others. */
export interface Wish extends PackageKey {
  readonly version: Version
  /** Whether older, unpinned archives may go for it. */
  readonly mayEvict: boolean
}

/** One name for one wish, whoever made it. */
export const wishKey = ({ identity, name, version }: Omit<Wish, 'mayEvict'>): string => `${identity} ${name} ${version}`

/** Works wishes off, the oldest first, `LIMITS.seedPulls` at a time. Disposing drops what waits, aborts what runs and waits for it. */
export class SeedQueue implements AsyncDisposable {
  readonly #work: (wish: Wish, signal: AbortSignal) => Promise<void>
  readonly #waiting = new Map<string, Wish>()
  readonly #running = new Map<string, Promise<void>>()
  readonly #stop = new AbortController()
  #begun = 0

  /** `work` must not reject. */
  constructor(work: (wish: Wish, signal: AbortSignal) => Promise<void>) {
    this.#work = work
  }

  /** Whether the wish waits or runs now; false when `LIMITS.seedQueue` others do. */
  add(wish: Wish): boolean {
    const key = wishKey(wish)
    if (this.#running.has(key)) return true
    if (this.#stop.signal.aborted || (!this.#waiting.has(key) && this.#waiting.size >= LIMITS.seedQueue)) return false
    const mayEvict = wish.mayEvict || this.#waiting.get(key)?.mayEvict === true
    this.#waiting.set(key, { ...wish, mayEvict })
    this.#next()
    return true
  }

  /** Resolves when everything that waits or runs now is done, whatever is added meanwhile. */
  async settle(): Promise<void> {
    // Wishes begin in their order, so those of now have begun when that many have.
    const due = this.#begun + this.#waiting.size
    while (this.#begun < due && this.#running.size > 0) await Promise.race(this.#running.values())
    await Promise.all(this.#running.values())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    this.#waiting.clear()
    await Promise.all(this.#running.values())
  }

  #next(): void {
    while (this.#running.size < LIMITS.seedPulls) {
      const [first] = this.#waiting
      if (first === undefined) return
      const [key, wish] = first
      this.#waiting.delete(key)
      this.#begun++
      const running = this.#work(wish, this.#stop.signal).finally(() => {
        this.#running.delete(key)
        this.#next()
      })
      this.#running.set(key, running)
    }
  }
}
