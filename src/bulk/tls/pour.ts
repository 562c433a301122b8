import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { type Clock, GgenError } from '#core'

export interface PourOptions {
  /** How many bytes the chunks must have in all. */
  readonly length: number
  readonly clock: Clock
  readonly stallTimeoutMs: number
  readonly signal: AbortSignal
  /** Waits before so many bytes are sent. */
  readonly pace?: ((bytes: number) => Promise<void> | undefined) | undefined
  /** Called before the first byte, when it is there. */
  readonly begin?: () => void
}

/** What is given to the stream, and waited for, at once. Also the step of the bandwidth limits. */
const SLICE_BYTES = 64 * 1024

/**
 * Sends chunks and ends the answer. Waits for a slow reader, up to a point: throws `timeout` when it takes nothing for the time of a stall,
 * `store-broken` when there are not as many bytes as promised, the reason of the signal, or what the chunks throw.
 */
export const pour = async (chunks: AsyncIterable<Uint8Array>, answer: Writable, options: PourOptions): Promise<void> => {
  const { length, signal, pace, begin } = options
  let sentBytes = 0
  for await (const chunk of chunks) {
    if (sentBytes === 0) begin?.()
    sentBytes += chunk.length
    if (sentBytes > length) break
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
      const slice = chunk.subarray(at, at + SLICE_BYTES)
      const turn = pace?.(slice.length)
      if (turn !== undefined) await turn
      signal.throwIfAborted()
      if (!answer.write(slice)) await soon('drain', answer, options)
    }
  }
  if (sentBytes !== length) throw new GgenError('store-broken', `the shelf gave ${sentBytes} bytes of ${length}`)
  const finished = soon('finish', answer, options)
  answer.end()
  await finished
}

/** Waits for an event of the answer, as long as a reader may take. */
const soon = async (event: 'drain' | 'finish', answer: Writable, { clock, stallTimeoutMs, signal }: PourOptions): Promise<void> => {
  const late = new AbortController()
  const leave = (): void => late.abort(signal.reason)
  const stalled = clock.timeout(stallTimeoutMs)
  const tooSlow = (): void => late.abort(new GgenError('timeout', 'the reader is too slow'))
  signal.addEventListener('abort', leave, { once: true })
  stalled.addEventListener('abort', tooSlow, { once: true })
  if (signal.aborted) leave()
  try {
    await once(answer, event, { signal: late.signal })
  } catch (error) {
    throw late.signal.aborted ? late.signal.reason : error
  } finally {
    signal.removeEventListener('abort', leave)
    stalled.removeEventListener('abort', tooSlow)
  }
}
