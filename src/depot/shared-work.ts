/** Work that is done once however many want it, and given up when nobody does any more. */
export class SharedWork<T> {
  readonly #running = new Map<string, { readonly result: Promise<T>; readonly stop: AbortController; waiters: number }>()

  /** Joins the work of this name, or begins it. Throws what the work throws, and the reason of an aborted signal. */
  async run(name: string, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted()
    const task = this.#running.get(name) ?? this.#begin(name, work)
    const { promise: left, reject } = Promise.withResolvers<never>()
    const leave = (): void => reject(signal.reason)
    signal.addEventListener('abort', leave, { once: true })
    task.waiters += 1
    try {
      return await Promise.race([task.result, left])
    } finally {
      signal.removeEventListener('abort', leave)
      task.waiters -= 1
      if (task.waiters === 0) {
        if (this.#running.get(name) === task) this.#running.delete(name)
        task.stop.abort(signal.reason)
      }
    }
  }

  #begin(name: string, work: (signal: AbortSignal) => Promise<T>): { readonly result: Promise<T>; readonly stop: AbortController; waiters: number } {
    const stop = new AbortController()
    const task = { result: work(stop.signal), stop, waiters: 0 }
    this.#running.set(name, task)
    // Those who wait hear of a failure; here it only ends the work.
    task.result.catch(() => undefined).finally(() => {
      if (this.#running.get(name) === task) this.#running.delete(name)
    })
    return task
  }
}
