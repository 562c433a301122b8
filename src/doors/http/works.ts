import type { ServerResponse } from 'node:http'
import { GgenError } from '#core'

const NEVER = new AbortController().signal

/** The work that is under way for askers: ends when the asker goes away or the door closes. */
export class Works {
  readonly #running = new Map<Promise<unknown>, AbortController | undefined>()
  #stopped: GgenError | undefined

  /** Runs work that nobody needs any more once the connection is gone; its signal aborts with `cancelled`. Throws what `stop` was given. */
  async run<T>(answer: ServerResponse, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    const gone = (): void => {
      if (!answer.writableFinished) controller.abort(new GgenError('cancelled', 'the asker went away'))
    }
    if (answer.destroyed) gone()
    answer.once('close', gone)
    try {
      return await this.#track(work, controller)
    } finally {
      answer.off('close', gone)
    }
  }

  /** Runs work that must not stop half-way: its signal never aborts, and `settle` waits for it. Throws what `stop` was given. */
  runToTheEnd<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#track(work, undefined)
  }

  /** Aborts what may be aborted, and lets nothing new begin. */
  stop(reason: GgenError): void {
    this.#stopped ??= reason
    for (const controller of this.#running.values()) controller?.abort(reason)
  }

  /** Resolves when nothing runs any more. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running.keys())
  }

  async #track<T>(work: (signal: AbortSignal) => Promise<T>, controller: AbortController | undefined): Promise<T> {
    if (this.#stopped !== undefined) throw this.#stopped
    const running = work(controller?.signal ?? NEVER)
    this.#running.set(running, controller)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }
}
