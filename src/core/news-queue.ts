import { LIMITS } from './limits.ts'
import type { MissedNews } from './news.ts'

/** What one reader has not read yet: never more than `LIMITS.watchedNews`, and where something was left out, a word about how much. */
export class NewsQueue<T> {
  readonly #waiting: (T | MissedNews)[] = []
  #missed = 0
  #wake: (() => void) | undefined

  push(news: T): void {
    if (this.#waiting.length >= LIMITS.watchedNews) this.#missed += 1
    else this.#waiting.push(...this.#gap(), news)
    this.#wake?.()
  }

  /** Everything in order, as it comes; ends when the signal aborts. To be read once. */
  async *read(signal: AbortSignal): AsyncGenerator<T | MissedNews, void, undefined> {
    while (!signal.aborted) {
      const next = this.#waiting.shift() ?? this.#gap()[0]
      if (next === undefined) await this.#more(signal)
      else yield next
    }
  }

  /** The gap at the end of what waits, which is told once. */
  #gap(): readonly [] | readonly [MissedNews] {
    const count = this.#missed
    this.#missed = 0
    return count === 0 ? [] : [{ type: 'missed', count }]
  }

  #more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done)
        this.#wake = undefined
        resolve()
      }
      signal.addEventListener('abort', done)
      this.#wake = done
    })
  }
}
