import { type Events, toGgenError } from '#core'

/** Work that nobody waits for: its failures become events, and disposing ends it and waits for it. */
export class Background implements AsyncDisposable {
  readonly #events: Events
  readonly #running = new Set<Promise<void>>()
  readonly #stop = new AbortController()

  constructor(events: Events) {
    this.#events = events
  }

  run(task: string, work: (signal: AbortSignal) => Promise<void>): void {
    const running = this.#watch(task, work).finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#running)
  }

  async #watch(task: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await work(this.#stop.signal)
    } catch (error) {
      if (this.#stop.signal.aborted) return
      const { code, message } = toGgenError(error)
      this.#events.emit({ type: 'task-failed', task, code, message })
    }
  }
}
