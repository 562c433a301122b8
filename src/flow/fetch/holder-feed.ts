import { LIMITS } from '#core'
import type { Holder } from './find-holders.ts'

/** Hears of holders, those found before included. */
export interface HolderListener {
  readonly found: (holder: Holder) => void
  /** Nobody else will come; `error`: because looking for them failed. */
  readonly ended: (error?: { readonly error: unknown }) => void
}

/** More is not remembered: a holder that is found again with more pieces counts again. */
const FOUND_MAX = 16 * LIMITS.connections

/** The holders of one blob as they are found, for several readers. */
export class HolderFeed {
  readonly #found: Holder[] = []
  readonly #listeners = new Set<HolderListener>()
  #end: { readonly error?: { readonly error: unknown } } | undefined

  /** Looks for holders until there are no more or the search is aborted. */
  async run(search: AsyncIterable<Holder>): Promise<void> {
    let failure: { readonly error: unknown } | undefined
    try {
      for await (const holder of search) {
        if (this.#found.length >= FOUND_MAX) break
        this.#found.push(holder)
        for (const { found } of this.#listeners) found(holder)
      }
    } catch (error) {
      failure = { error }
    }
    this.#end = failure === undefined ? {} : { error: failure }
    for (const { ended } of this.#listeners) ended(failure)
  }

  subscribe(listener: HolderListener): Disposable {
    for (const holder of this.#found) listener.found(holder)
    if (this.#end !== undefined) listener.ended(this.#end.error)
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) }
  }

  /** One after the other, from the first one on. Throws what looking for them threw, and the reason of an aborted signal. */
  async *each(signal: AbortSignal): AsyncGenerator<Holder> {
    for (let next = 0; ; ) {
      signal.throwIfAborted()
      const holder = this.#found[next]
      if (holder !== undefined) {
        next += 1
        yield holder
      } else if (this.#end === undefined) await this.#more(signal)
      else if (this.#end.error === undefined) return
      else throw this.#end.error.error
    }
  }

  /** Whether there is any, as soon as that is known. Throws like `each`. */
  async anybody(signal: AbortSignal): Promise<boolean> {
    const first = await this.each(signal).next()
    return first.done !== true
  }

  async #more(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const listener = { found: () => resolve(), ended: () => resolve() }
    this.#listeners.add(listener)
    signal.addEventListener('abort', listener.ended, { once: true })
    try {
      await promise
    } finally {
      this.#listeners.delete(listener)
      signal.removeEventListener('abort', listener.ended)
    }
  }
}
