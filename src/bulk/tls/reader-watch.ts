import type { Writable } from 'node:stream'
import { type Clock, GgenError } from '#core'

export interface WatchOptions {
  readonly clock: Clock
  readonly stallTimeoutMs: number
  readonly signal: AbortSignal
}

interface Waiting {
  readonly sinceMs: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Waits for the reader of a stream, again and again, each time for `stallTimeoutMs` at most. One time-out stands for many waits: a signal of
 * their own for each would live until the next major collection, and collecting them cost a server more than encrypting (measured). Dispose it.
 */
export class ReaderWatch implements Disposable {
  readonly #answer: Writable
  readonly #options: WatchOptions
  #waiting: Waiting | undefined
  #alarm: AbortSignal | undefined

  constructor(answer: Writable, options: WatchOptions) {
    this.#answer = answer
    this.#options = options
    answer.on('drain', this.#moved)
    answer.on('finish', this.#moved)
    answer.on('error', this.#fail)
    options.signal.addEventListener('abort', this.#leave, { once: true })
  }

  /** Resolves when the stream drains or finishes. Throws `timeout`, what breaks the stream, or the reason of the signal. One wait at a time. */
  moves(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting = { sinceMs: this.#options.clock.monotonic(), resolve, reject }
    if (this.#options.signal.aborted) this.#leave()
    else if (this.#alarm === undefined) this.#arm(this.#options.stallTimeoutMs)
    return promise
  }

  [Symbol.dispose](): void {
    this.#answer.off('drain', this.#moved)
    this.#answer.off('finish', this.#moved)
    this.#answer.off('error', this.#fail)
    this.#options.signal.removeEventListener('abort', this.#leave)
    this.#alarm?.removeEventListener('abort', this.#look)
  }

  readonly #moved = (): void => {
    this.#waiting?.resolve()
    this.#waiting = undefined
  }

  readonly #fail = (error: unknown): void => {
    this.#waiting?.reject(error)
    this.#waiting = undefined
  }

  readonly #leave = (): void => this.#fail(this.#options.signal.reason)

  /** The wait that set the alarm may be over, and another one have begun later. */
  readonly #look = (): void => {
    this.#alarm = undefined
    if (this.#waiting === undefined) return
    const { clock, stallTimeoutMs } = this.#options
    const leftMs = stallTimeoutMs - (clock.monotonic() - this.#waiting.sinceMs)
    if (leftMs > 0) this.#arm(Math.ceil(leftMs))
    else this.#fail(new GgenError('timeout', 'the reader is too slow'))
  }

  #arm(ms: number): void {
    this.#alarm = this.#options.clock.timeout(ms)
    this.#alarm.addEventListener('abort', this.#look, { once: true })
  }
}
