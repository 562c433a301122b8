import type { GgenError, TransferProgress } from '#core'
import type { FetchReply, FetchStep } from '#doors/control'
import { codeError, type RawReply } from '#doors/http'

/** A fetch that says how far it is. */
export type WatchedFetch = (onProgress: (progress: TransferProgress) => void) => Promise<FetchReply>

/**
 * Runs a fetch and tells of it in server-sent events: progress, then the result. What fails before the first byte is thrown, so that it can still
 * become an error answer; what fails later is the last event, and returned. An asker that reads slowly misses progress, never the end.
 */
export const streamFetch = async (fetch: WatchedFetch, reply: RawReply): Promise<GgenError | undefined> => {
  const answer = reply.raw
  const send = (step: FetchStep): void => {
    if (answer.destroyed) return
    if (!answer.headersSent) {
      reply.hijack()
      answer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    }
    answer.write(`data: ${JSON.stringify(step)}\n\n`)
  }
  try {
    const release = await fetch((progress) => {
      if (!answer.writableNeedDrain) send(progress)
    })
    send({ type: 'fetched', release })
    answer.end()
    return undefined
  } catch (error) {
    if (!answer.headersSent) throw error
    const coded = codeError(error)
    send({ type: 'failed', error: coded })
    answer.end()
    return coded
  }
}
