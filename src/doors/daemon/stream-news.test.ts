import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { DropNews, IdentityId, News } from '#core'
import { temporaryFolder, until } from '#testing'
import { streamNews } from './stream-news.ts'

const news = (records: number): DropNews => ({ type: 'dropped', identity: 'x' as IdentityId, records, heardAt: 0 })

type Work = (message: IncomingMessage, answer: ServerResponse) => Promise<void>

/** Runs `work` with the client's side of a stream of news, and waits for the other side to end. */
const streaming = async (told: AsyncIterable<News>, signal: AbortSignal, work: Work): Promise<void> => {
  await using folder = await temporaryFolder()
  const socketPath = join(folder.path, 's')
  const begun = Promise.withResolvers<{ readonly answer: ServerResponse; readonly ended: Promise<void> }>()
  const server = createServer((_request, raw) => {
    begun.resolve({ answer: raw, ended: streamNews(told, { raw, hijack: () => undefined }, signal) })
  }).listen(socketPath)
  await once(server, 'listening')
  const [message] = (await once(get({ socketPath, path: '/', agent: false }), 'response')) as [IncomingMessage]
  const { answer, ended } = await begun.promise
  await work(message, answer)
  await ended
  server.close()
  server.closeAllConnections()
}

describe('streamNews', () => {
  it('sends a comment at once and then every one of the news, to the end', async () => {
    const told = Promise.withResolvers<void>()
    const some = async function* (): AsyncGenerator<News> {
      await told.promise
      yield* [news(1), news(2)]
    }
    await streaming(some(), new AbortController().signal, async (message) => {
      message.setEncoding('utf8')
      await once(message, 'readable')
      assert.equal(message.read(), ':\n\n')
      told.resolve()
      assert.equal((await message.toArray()).join(''), [news(1), news(2)].map((one) => `data: ${JSON.stringify(one)}\n\n`).join(''))
    })
  })

  it('takes nothing more while the asker does not read, and ends all the same when the signal aborts', async () => {
    const controller = new AbortController()
    let taken = 0
    const endless = async function* (): AsyncGenerator<News> {
      while (!controller.signal.aborted) yield news(taken++)
    }
    await streaming(endless(), controller.signal, async (message, answer) => {
      await until('it waits', () => answer.writableNeedDrain)
      const before = taken
      message.resume()
      await until('it goes on', () => taken > before)
      message.pause()
      let last = -1
      await until('it waits again, for good', () => {
        const isStill = answer.writableNeedDrain && taken === last
        last = taken
        return isStill
      })
      // Nobody reads any more: only the signal can end it.
      controller.abort()
      message.on('error', () => undefined)
    })
  })
})
