import type { Writable } from 'node:stream'
import { GgenError } from '#core'
import { ReaderWatch, type WatchOptions } from './reader-watch.ts'

export interface PourOptions extends WatchOptions {
  /** How many bytes the chunks must have in all. */
  readonly length: number
  /** Waits before so many bytes are sent. */
  readonly pace?: ((bytes: number) => Promise<void> | undefined) | undefined
  /** Called before the first byte, when it is there. */
  readonly begin?: () => void
  /** Called with each chunk when all of it is sent. */
  readonly sent?: ((chunk: Uint8Array) => void) | undefined
}

/** What is given to the stream, and waited for, at once. Also the step of the bandwidth limits. */
const SLICE_BYTES = 64 * 1024

/**
 * Sends chunks and ends the answer. Waits for a slow reader, up to a point: throws `timeout` when it takes nothing for the time of a stall,
 * `store-broken` when there are not as many bytes as promised, the reason of the signal, or what the chunks throw.
 */
export const pour = async (chunks: AsyncIterable<Uint8Array>, answer: Writable, options: PourOptions): Promise<void> => {
  const { length, signal, pace, begin, sent } = options
  using reader = new ReaderWatch(answer, options)
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
      const isLast = at + SLICE_BYTES >= chunk.length
      const isRoom = answer.write(slice, (error) => {
        if (isLast && !error) sent?.(chunk)
      })
      if (!isRoom) await reader.moves()
    }
  }
  if (sentBytes !== length) throw new GgenError('store-broken', `the shelf gave ${sentBytes} bytes of ${length}`)
  const finished = reader.moves()
  answer.end()
  await finished
}
