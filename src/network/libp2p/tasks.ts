import { type Events, toGgenError } from '#core'

/** Background work of one node: all of it ends with one signal, can be waited for, and reports its failures as events. */
export class Tasks {
  readonly #controller = new AbortController()
  readonly #running = new Set<Promise<void>>()
  readonly #events: Events | undefined

  constructor(events: Events | undefined) {
    this.#events = events
  }

  /** Aborts with the end of the node. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Runs work until it is done or the node ends. What it throws becomes a `task-failed` event. */
  run(name: string, work: (signal: AbortSignal) => Promise<void>): void {
    const promise = work(this.signal)
      .catch((error: unknown) => {
        if (!this.signal.aborted) this.report(name, error)
      })
      .finally(() => this.#running.delete(promise))
    this.#running.add(promise)
  }

  /** Tells subscribers that something in the background went wrong. */
  report(name: string, error: unknown): void {
    const { code, message } = toGgenError(error)
    this.#events?.emit({ type: 'task-failed', task: name, code, message })
  }

  /** Ends everything and waits for it; `reason` is what the waits reject with. */
  async end(reason: Error): Promise<void> {
    this.#controller.abort(reason)
    await Promise.all(this.#running)
  }
}
