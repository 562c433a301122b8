import { FINISHED } from '#core'
import type { Upstream } from '#registry'

/** What is asked of those who come first: others are asked as well when it is late. Disposing leaves it. */
export class HeadStart<T> implements Disposable {
  readonly answer: Promise<T>
  readonly #leave = new AbortController()
  readonly #signal: AbortSignal
  readonly #server: Upstream | undefined

  /** `server`: who is waited for; absent: nobody is asked first. */
  constructor(server: Upstream | undefined, ask: (signal: AbortSignal) => Promise<T>, signal: AbortSignal) {
    this.#server = server
    this.#signal = AbortSignal.any([signal, this.#leave.signal])
    this.answer = ask(this.#signal)
    // Whoever waits for it hears of its failure.
    this.answer.catch(() => undefined)
  }

  /** Resolves when it has ended or is late; to whether it is. Throws what it throws. */
  async isLate(): Promise<boolean> {
    if (await this.#server?.isLate(this.answer, this.#signal)) return true
    await this.answer
    return false
  }

  [Symbol.dispose](): void {
    this.#leave.abort(FINISHED)
  }
}
