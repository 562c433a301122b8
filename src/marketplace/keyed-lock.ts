/** At most one holder per key at a time; the others wait in order. Used so that two installs of one archive download it once. */
export class KeyedLock<Key> {
  readonly #tails = new Map<Key, Promise<void>>()

  /** Resolves when it is the caller's turn; dispose the result to let the next one in. Rejects with the signal's reason while waiting. */
  async enter(key: Key, signal: AbortSignal): Promise<Disposable> {
    const before = this.#tails.get(key)
    const { promise: turn, resolve: leave } = Promise.withResolvers<void>()
    const tail = (before ?? Promise.resolve()).then(() => turn)
    this.#tails.set(key, tail)
    const release = (): void => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
      leave()
    }
    try {
      if (before !== undefined) await abortable(before, signal)
      signal.throwIfAborted()
    } catch (error) {
      release()
      throw error
    }
    return { [Symbol.dispose]: release }
  }
}

const abortable = async (work: Promise<void>, signal: AbortSignal): Promise<void> => {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    if (signal.aborted) onAbort()
    await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
