import type { Writable } from 'node:stream'
import { type Clock, GgenError } from '#core'

export interface PourOptions {
  readonly clock: Clock
  readonly stallTimeoutMs: number
  readonly signal: AbortSignal
  /** Waits before so many bytes are sent. */
  readonly pace?: ((bytes: number) => Promise<void> | undefined) | undefined
}

/** What waits to be sent at most. Two of these in the time of a stall are the slowest reader that is served: about 8 KiB/s. */
const SLICE_BYTES = 64 * 1024

/** Sends chunks and ends the answer. Waits for a slow reader, up to a point: throws `timeout`, or the reason of the signal. */
export const pour = async (chunks: AsyncIterable<Uint8Array>, answer: Writable, options: PourOptions): Promise<void> => {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
      const slice = chunk.subarray(at, at + SLICE_BYTES)
      const turn = options.pace?.(slice.length)
      if (turn !== undefined) await turn
      if (!answer.write(slice)) await drained(answer, options)
    }
  }
  answer.end()
}

const drained = async (answer: Writable, { clock, stallTimeoutMs, signal }: PourOptions): Promise<void> => {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const leave = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
  const stalled = clock.timeout(stallTimeoutMs)
  const tooSlow = (): void => reject(new GgenError('timeout', 'the reader is too slow'))
  answer.once('drain', resolve)
  signal.addEventListener('abort', leave, { once: true })
  stalled.addEventListener('abort', tooSlow, { once: true })
  try {
    await promise
  } finally {
    answer.off('drain', resolve)
    signal.removeEventListener('abort', leave)
    stalled.removeEventListener('abort', tooSlow)
  }
}
