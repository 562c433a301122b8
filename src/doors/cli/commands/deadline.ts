import { GgenError } from '#core'

/** How long a command waits: until the user interrupts it, or its time is over. Dispose it when the wait is over. */
export class Deadline implements Disposable {
  readonly #controller = new AbortController()
  readonly #interrupted: AbortSignal
  readonly #timer: NodeJS.Timeout
  readonly #endsAt: number

  constructor(interrupted: AbortSignal, seconds: number) {
    this.#interrupted = interrupted
    this.#endsAt = performance.now() + seconds * 1000
    this.#timer = setTimeout(() => this.#controller.abort(new GgenError('timeout', `nothing within ${seconds} s`)), seconds * 1000)
    if (interrupted.aborted) this.#cancel()
    else interrupted.addEventListener('abort', this.#cancel)
  }

  /** Aborts with `timeout` or `cancelled`. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** How much of the time is left, at least 0. */
  leftMs(): number {
    return Math.max(0, this.#endsAt - performance.now())
  }

  /** From here on only the user ends the wait. */
  lift(): void {
    clearTimeout(this.#timer)
  }

  [Symbol.dispose](): void {
    this.lift()
    this.#interrupted.removeEventListener('abort', this.#cancel)
  }

  readonly #cancel = (): void => this.#controller.abort(new GgenError('cancelled', 'interrupted'))
}
