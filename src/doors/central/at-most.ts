import { GgenError } from '#core'

/** Lets so many run at a time, and so many more wait in their order; what comes above that is told so. */
export class AtMost {
  readonly #running: number
  readonly #waiting: number
  #free: number
  readonly #queue: (() => void)[] = []

  constructor({ running, waiting }: { readonly running: number; readonly waiting: number }) {
    this.#running = running
    this.#waiting = waiting
    this.#free = running
  }

  /** Throws `too-busy`, the signal's reason when it aborts before the turn has come, and what the work throws. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#enter(signal)
    try {
      return await work()
    } finally {
      const next = this.#queue.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    if (this.#queue.length >= this.#waiting) throw new GgenError('too-busy', `${this.#running} are at work and ${this.#waiting} wait`)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#queue.push(resolve)
    const leave = (): void => {
      const place = this.#queue.indexOf(resolve)
      if (place === -1) return
      this.#queue.splice(place, 1)
      reject(signal.reason)
    }
    signal.addEventListener('abort', leave, { once: true })
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }
}
