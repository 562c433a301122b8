import { once } from 'node:events'
import type { Events } from '#core'
import type { RawReply } from '#doors/http'

const BACKLOG_BYTES = 1024 * 1024

/**
 * Sends every event as a server-sent event until the asker leaves or the signal aborts. An asker that reads too slowly is
 * disconnected: it may connect again. Throws `too-busy` before the first byte.
 */
export const streamEvents = async (events: Events, reply: RawReply, signal: AbortSignal): Promise<void> => {
  const answer = reply.raw
  using _subscription = events.subscribe((event) => {
    if (answer.writableLength > BACKLOG_BYTES) answer.destroy()
    else answer.write(`data: ${JSON.stringify(event)}\n\n`)
  })
  reply.hijack()
  answer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  answer.write(':\n\n')
  if (!signal.aborted) await once(signal, 'abort')
  answer.end()
}
