import type { IncomingMessage } from 'node:http'
import { type Clock, GgenError, LIMITS } from '#core'

/** Arrived and not yet taken: above this the sender is held back. */
const HIGH_BYTES = 1024 * 1024

export interface InboxOptions {
  readonly clock: Clock
  readonly stallTimeoutMs: number
  readonly signal: AbortSignal
  /** How many bytes the answer has to have. */
  readonly length: number
}

/**
 * The bytes of one answer, in order, as they come. Throws `frame-invalid` when there are fewer or more than expected, `timeout` when the
 * peer crawls while the reader waits, or the signal's reason.
 */
export async function* readInbox(answer: IncomingMessage, { clock, stallTimeoutMs, signal, length }: InboxOptions): AsyncGenerator<Uint8Array> {
  let queue: Uint8Array[] = []
  let queuedBytes = 0
  let ended = false
  let failure: Error | undefined
  let wake = (): void => undefined
  const fail = (error: unknown): void => {
    failure ??= error instanceof Error ? error : new GgenError('cancelled', 'the reading was given up')
    wake()
  }
  const onAbort = (): void => fail(signal.reason)
  answer.on('data', (chunk: Buffer) => {
    queue.push(chunk)
    queuedBytes += chunk.length
    if (queuedBytes > HIGH_BYTES) answer.pause()
    wake()
  })
  answer.once('end', () => {
    ended = true
    wake()
  })
  answer.once('error', (cause) => fail(new GgenError('peer-unreachable', 'the connection broke in the middle of an answer', { cause })))
  answer.once('close', () => {
    if (!answer.complete) fail(new GgenError('peer-unreachable', 'the connection ended in the middle of an answer'))
  })
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  let receivedBytes = 0
  let watched = { at: clock.monotonic(), bytes: 0 }
  try {
    for (;;) {
      if (failure !== undefined) throw failure
      const chunks = queue
      queue = []
      queuedBytes = 0
      answer.resume()
      for (const chunk of chunks) {
        receivedBytes += chunk.length
        if (receivedBytes > length) throw new GgenError('frame-invalid', 'the answer is longer than was asked for')
        yield chunk
      }
      if (queue.length > 0 || failure !== undefined) continue
      if (ended) break
      watched = await nextBytes({ clock, stallTimeoutMs, receivedBytes, watched }, (resolve) => (wake = resolve))
    }
    if (receivedBytes !== length) throw new GgenError('frame-invalid', 'the answer is shorter than was asked for')
  } finally {
    signal.removeEventListener('abort', onAbort)
    if (!ended) answer.destroy()
  }
}

interface Watched {
  readonly at: number
  readonly bytes: number
}

interface Waiting {
  readonly clock: Clock
  readonly stallTimeoutMs: number
  readonly receivedBytes: number
  readonly watched: Watched
}

/** Waits for more, and judges the pace once in each window of the stall time. */
const nextBytes = async (waiting: Waiting, arm: (resolve: () => void) => void): Promise<Watched> => {
  const { clock, stallTimeoutMs, receivedBytes, watched } = waiting
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  arm(resolve)
  const elapsedMs = clock.monotonic() - watched.at
  if (elapsedMs >= stallTimeoutMs) {
    if ((receivedBytes - watched.bytes) * 1000 < LIMITS.stallBytesPerSecond * elapsedMs) throw stalled()
    return nextBytes({ ...waiting, watched: { at: clock.monotonic(), bytes: receivedBytes } }, arm)
  }
  const timer = setTimeout(() => reject(stalled()), stallTimeoutMs)
  try {
    await promise
  } finally {
    clearTimeout(timer)
  }
  return watched
}

const stalled = (): GgenError => new GgenError('timeout', 'the peer sends too slowly')
