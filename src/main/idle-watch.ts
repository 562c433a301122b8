import type { RequestListener } from 'node:http'
import type { Clock } from '#core'

export interface IdleWatchOptions {
  readonly clock: Clock
  /** So long nobody may ask anything. */
  readonly idleMs: number
  /** Is called once, when that is over. */
  readonly stop: () => void
}

/** Requests may take as long as they take: between two looks whether one still runs. */
const LOOK_MS = 1000

/** Ends a node that nobody asks anything any more, as in a job that was killed. Disposing lets it run. */
export class IdleWatch implements Disposable {
  readonly #options: IdleWatchOptions
  readonly #over = new AbortController()
  #lastMs: number
  #running = 0

  constructor(options: IdleWatchOptions) {
    this.#options = options
    this.#lastMs = options.clock.monotonic()
    void Promise.allSettled([this.#watch()])
  }

  /** Counts requests: while one is answered, nobody is idle. */
  attend(listener: RequestListener): RequestListener {
    return (request, response) => {
      this.#running += 1
      response.once('close', () => {
        this.#running -= 1
        this.#lastMs = this.#options.clock.monotonic()
      })
      listener(request, response)
    }
  }

  [Symbol.dispose](): void {
    this.#over.abort()
  }

  async #watch(): Promise<void> {
    const { clock, idleMs, stop } = this.#options
    for (;;) {
      const restMs = this.#lastMs + idleMs - clock.monotonic()
      if (restMs <= 0 && this.#running === 0) break
      await clock.wait(Math.max(restMs, LOOK_MS), this.#over.signal)
    }
    stop()
  }
}
