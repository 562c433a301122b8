import type { Clock } from '#core'
import { TEST_EPOCH } from './publisher.ts'

/** A clock that stands still until it is moved; waits and time-outs end when it passes them. */
export class TestClock implements Clock {
  #now = (TEST_EPOCH + 3600) * 1000
  readonly #waiting = new Set<{ readonly until: number; readonly wake: () => void }>()

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    if (ms <= 0 && !signal.aborted) return Promise.resolve()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const entry = { until: this.#now + ms, wake: resolve }
    this.#waiting.add(entry)
    const onAbort = (): void => {
      this.#waiting.delete(entry)
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    }
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    return promise
  }

  timeout(ms: number): AbortSignal {
    const controller = new AbortController()
    this.#waiting.add({ until: this.#now + ms, wake: () => controller.abort(new DOMException('the time is over', 'TimeoutError')) })
    return controller.signal
  }

  /** Moves on, and wakes everybody whose time has come. */
  advance(ms: number): void {
    this.#now += ms
    for (const entry of this.#waiting) {
      if (entry.until > this.#now) continue
      this.#waiting.delete(entry)
      entry.wake()
    }
  }
}
