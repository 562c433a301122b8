import { toGgenError } from '#core'

/** What work that goes on by itself resolves to, or the reason of the signal when that comes first. */
export const heedSignal = async <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> => {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const result = await Promise.race([work(), aborted])
    signal.throwIfAborted()
    return result
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Runs one call of the library: whatever it throws is a `GgenError`. */
export const codedCall = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw toGgenError(error)
  }
}

/** The same for what comes piece by piece. `left` aborts when the reader leaves the loop or it ends, and whoever sends must heed it. */
export async function* codedStream<T>(pieces: AsyncIterable<T>, left: AbortController): AsyncGenerator<T, void, undefined> {
  try {
    yield* pieces
  } catch (error) {
    throw toGgenError(error)
  } finally {
    left.abort()
  }
}
