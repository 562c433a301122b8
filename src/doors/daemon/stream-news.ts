import { once } from 'node:events'
import type { MissedNews, News } from '#core'
import type { RawReply } from '#doors/http'

/**
 * Sends news as server-sent events until they end, which they do when the asker leaves or the signal aborts. An asker that reads slowly is waited
 * for, so that whoever gives the news knows how much has to be left out; nothing piles up here.
 */
export const streamNews = async (news: AsyncIterable<News | MissedNews>, reply: RawReply, signal: AbortSignal): Promise<void> => {
  const answer = reply.raw
  reply.hijack()
  answer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  answer.write(':\n\n')
  for await (const one of news) {
    if (answer.write(`data: ${JSON.stringify(one)}\n\n`)) continue
    try {
      await once(answer, 'drain', { signal })
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
  answer.end()
}
