import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Events, isGgenError, LIMITS } from '#core'
import { temporaryFolder, until } from '#testing'
import { streamEvents } from './stream-events.ts'

/** Runs `work` with the client's side of an event stream. */
const streaming = async (events: Events, signal: AbortSignal, work: (message: IncomingMessage, answer: ServerResponse) => Promise<void>): Promise<void> => {
  await using folder = await temporaryFolder()
  const socketPath = join(folder.path, 's')
  const { promise, resolve } = Promise.withResolvers<ServerResponse>()
  const server = createServer((_request, raw) => {
    resolve(raw)
    void streamEvents(events, { raw, hijack: () => undefined }, signal)
  }).listen(socketPath)
  await once(server, 'listening')
  const [message] = (await once(get({ socketPath, path: '/', agent: false }), 'response')) as [IncomingMessage]
  await work(message, await promise)
  server.close()
  server.closeAllConnections()
}

describe('streamEvents', () => {
  it('sends every event from the first comment on, and ends with its signal', async () => {
    const events = new Events()
    const controller = new AbortController()
    await streaming(events, controller.signal, async (message) => {
      message.setEncoding('utf8')
      await once(message, 'readable')
      assert.equal(message.read(), ':\n\n')
      events.emit({ type: 'task-failed', task: 'sync', code: 'internal', message: 'line\nbreak' })
      controller.abort()
      assert.deepEqual(await message.toArray(), ['data: {"type":"task-failed","task":"sync","code":"internal","message":"line\\nbreak"}\n\n'])
    })
  })

  it('disconnects an asker that does not read', async () => {
    const events = new Events()
    const controller = new AbortController()
    await streaming(events, controller.signal, async (message, answer) => {
      const message64 = 'x'.repeat(65_536)
      await until('the backlog is cut', () => {
        events.emit({ type: 'task-failed', task: 'sync', code: 'internal', message: message64 })
        return answer.destroyed
      })
      controller.abort()
      message.destroy()
    })
  })

  it('unsubscribes when it ends, and throws too-busy before the first byte', async () => {
    const events = new Events()
    const controller = new AbortController()
    await streaming(events, controller.signal, async () => controller.abort())
    const subscriptions = Array.from({ length: LIMITS.eventListeners }, () => events.subscribe(() => undefined))
    assert.equal(subscriptions.length, LIMITS.eventListeners)
    const reply = { raw: {} as ServerResponse, hijack: () => assert.fail('nothing may be sent') }
    await assert.rejects(streamEvents(events, reply, controller.signal), (error) => isGgenError(error, 'too-busy'))
  })
})
