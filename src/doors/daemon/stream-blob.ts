import { pipeline } from 'node:stream/promises'
import { type GgenError, toGgenError } from '#core'
import type { RawReply } from '#doors/http'

const continued = async function* (first: IteratorResult<Uint8Array>, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let step = first; step.done !== true; step = await iterator.next()) yield step.value
  } finally {
    await iterator.return?.()
  }
}

/**
 * Sends chunks as an octet stream. What fails before the first chunk is thrown, so that it can still become an error answer. What
 * fails later destroys the connection, because a cut answer must not look whole, and is returned, unless the signal aborted first.
 */
export const streamBlob = async (chunks: AsyncIterable<Uint8Array>, reply: RawReply, signal: AbortSignal): Promise<GgenError | undefined> => {
  const iterator = chunks[Symbol.asyncIterator]()
  const first = await iterator.next()
  reply.hijack()
  reply.raw.writeHead(200, { 'content-type': 'application/octet-stream' })
  try {
    await pipeline(continued(first, iterator), reply.raw, { signal })
    return undefined
  } catch (error) {
    return signal.aborted ? undefined : toGgenError(error)
  }
}
