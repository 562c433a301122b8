import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chownSync } from 'node:fs'
import { link, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isGgenError, LIMITS } from '#core'
import { realClock, temporaryFolder } from '#testing'
import { askAgent, askAgentNow } from './ask-agent.ts'
import { formatAnswer } from './protocol.ts'

const never = new AbortController().signal
const LOCKED = formatAnswer({ kind: 'locked', pid: 7 })

const against = async (answer: (socket: Socket) => void, use: (path: string) => Promise<void>): Promise<void> => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 's')
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    // Whoever asked may be gone already.
    socket.on('error', () => socket.destroy())
    socket.once('data', () => answer(socket))
  }).listen(path)
  await once(server, 'listening')
  await use(path)
  sockets.forEach((socket) => socket.destroy())
  server.close()
}

describe('askAgent', () => {
  it('resolves to the answer', () => against((socket) => socket.write(LOCKED), async (path) => {
    assert.deepEqual(await askAgent(path, { ask: 'lock' }, never), { kind: 'locked', pid: 7 })
  }))

  it('finds no agent where nothing is, where nobody listens any more, and where something else is', async () => {
    await using folder = await temporaryFolder()
    const [live, stale, file] = ['live', 'stale', 'file'].map((name) => join(folder.path, name)) as [string, string, string]
    const server = createServer().listen(live)
    await once(server, 'listening')
    await link(live, stale)
    server.close()
    await writeFile(file, '')
    for (const path of [join(folder.path, 'nothing'), stale, file, join(file, 'below')]) {
      assert.equal(await askAgent(path, { ask: 'status' }, never), 'absent', path)
    }
  })

  it('hears nothing from one that goes away, says nothing sensible, or too much', async () => {
    const answers = [
      (socket: Socket) => socket.destroy(), (socket: Socket) => socket.end('{"identity"'), (socket: Socket) => socket.end('hello\n'),
      (socket: Socket) => socket.end('x'.repeat(LIMITS.agentAnswerBytes + 1)),
    ]
    for (const answer of answers) await against(answer, async (path) => assert.equal(await askAgent(path, { ask: 'status' }, never), 'silent'))
  })

  it('waits as long as its signal for a person, and a short while for everything else', async () => {
    await against(() => undefined, async (path) => {
      const controller = new AbortController()
      const asking = askAgent(path, { ask: 'status' }, controller.signal)
      controller.abort(new Error('enough'))
      await assert.rejects(asking, /enough/)
      const clock = { ...realClock, timeout: () => AbortSignal.timeout(20) }
      assert.equal(await askAgentNow(path, { ask: 'status' }, { signal: never, clock }), 'silent')
      await assert.rejects(askAgentNow(path, { ask: 'status' }, { signal: controller.signal, clock: realClock }), /enough/)
    })
  })

  it('does not talk to a socket of somebody else', { skip: process.getuid?.() !== 0 && 'only root can give a file away' }, () =>
    against((socket) => socket.write(LOCKED), async (path) => {
      chownSync(path, 12_345, 12_345)
      await assert.rejects(askAgent(path, { ask: 'lock' }, never), (error) => isGgenError(error, 'denied'))
    }))
})
