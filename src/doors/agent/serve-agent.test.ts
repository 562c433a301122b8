import assert from 'node:assert/strict'
import { once } from 'node:events'
import { lstat } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type Clock, GgenError, isGgenError, LIMITS } from '#core'
import { readOwnWord } from '#keystore'
import { realClock, seeded, temporaryFolder } from '#testing'
import { agentScene, type AgentScene } from './agent-scene.conformance.ts'
import { agentOf } from './agents.ts'
import type { Agent, Confirm } from './agent.ts'
import { askAgent } from './ask-agent.ts'
import { formatQuestion, parseQuestion } from './protocol.ts'
import { serveAgent } from './serve-agent.ts'

const never = new AbortController().signal
/** Inputs for each way to be hostile; `GGEN_FUZZ` makes it more. */
const HOSTILE = Math.min(Number(process.env['GGEN_FUZZ'] ?? 400), 100_000)

interface Served extends AsyncDisposable {
  readonly path: string
  readonly scene: AgentScene
  readonly agent: Agent
}

const served = async ({ clock = realClock, confirm }: { clock?: Clock; confirm?: Confirm } = {}): Promise<Served> => {
  await using open = new AsyncDisposableStack()
  const folder = open.use(await temporaryFolder())
  const scene = await agentScene()
  const path = join(folder.path, 'home', 'agent.sock')
  const agent = agentOf({ handOver: scene.handOver(), keystore: scene.keystore, confirm, pid: process.pid }, realClock)
  open.use(await serveAgent(agent, path, clock))
  const moved = open.move()
  return { path, scene, agent, [Symbol.asyncDispose]: () => moved.disposeAsync() }
}

const isAlive = async ({ path, scene }: Served): Promise<void> => {
  const answer = await askAgent(path, { ask: 'sign', payload: scene.release() }, never)
  assert.ok(typeof answer === 'object' && answer.kind === 'signed')
}

/** What a question would have signed: only the key's own words are, however they were made. Throws for everything else. */
const purposeIn = (input: Buffer, { handOver }: AgentScene): string => {
  const question = parseQuestion(input.toString())
  assert.ok(question.ask === 'sign')
  return readOwnWord(question.payload, handOver())
}

/** Sends, and resolves to everything that comes back until the connection is over. */
const exchange = async (path: string, act: (socket: Socket) => void): Promise<string> => {
  const socket = connect(path)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  // Whoever is cut off while it still sends hears of it as an error, too.
  socket.on('error', () => socket.destroy())
  const closed = once(socket, 'close')
  act(socket)
  await closed
  return Buffer.concat(chunks).toString()
}

describe('the socket of an agent', () => {
  it('is open to its user alone, answers, and is gone when the agent is', async () => {
    const one = await served()
    assert.equal((await lstat(one.path)).mode & 0o777, 0o600)
    assert.equal((await lstat(join(one.path, '..'))).mode & 0o777, 0o700)
    await isAlive(one)
    const status = await askAgent(one.path, { ask: 'status' }, never)
    assert.ok(typeof status === 'object' && status.kind === 'status' && status.status.pid === process.pid)
    await assert.rejects(serveAgent(one.agent, one.path, realClock), (error) => isGgenError(error, 'conflict'))
    await one[Symbol.asyncDispose]()
    await assert.rejects(lstat(one.path), { code: 'ENOENT' })
    assert.equal(await askAgent(one.path, { ask: 'status' }, never), 'absent')
  })

  it('answers one question on a connection, and drops what comes after it', async () => {
    await using one = await served()
    const text = await exchange(one.path, (socket) => socket.write(formatQuestion({ ask: 'status' }).repeat(3)))
    assert.match(text, /^\{"identity":[^\n]*\n$/)
    await isAlive(one)
  })

  it('refuses a question that is too long, or does not come', async () => {
    await using one = await served({ clock: { ...realClock, timeout: () => AbortSignal.timeout(50) } })
    const long = await exchange(one.path, (socket) => socket.write('x'.repeat(LIMITS.agentQuestionBytes + 1)))
    assert.match(long, /^\{"error":\{"code":"frame-invalid"/)
    assert.match(await exchange(one.path, (socket) => socket.write('{"ask":')), /^\{"error":\{"code":"timeout"/)
    await isAlive(one)
  })

  it('serves no more connections at once than it may, and goes on when they leave', async () => {
    await using one = await served()
    const idle = Array.from({ length: LIMITS.agentConnections }, () => connect(one.path))
    await Promise.all(idle.map((socket) => once(socket, 'connect')))
    assert.equal(await askAgent(one.path, { ask: 'status' }, never), 'silent', 'whoever finds no place is not kept waiting')
    const [first, ...others] = idle
    others.forEach((socket) => socket.destroy())
    assert.match(await exchange(one.path, (socket) => socket.write('{}\n')).catch(String), /^$|frame-invalid/)
    first?.write(formatQuestion({ ask: 'status' }))
    if (first !== undefined) await once(first, 'data')
    first?.destroy()
  })

  it('closes although somebody neither asks nor leaves', async () => {
    const one = await served()
    const socket = connect(one.path)
    await once(socket, 'connect')
    const closed = once(socket, 'close')
    await one[Symbol.asyncDispose]()
    await closed
  })

  it('gives up a question when whoever asked it leaves', async () => {
    const asked = Promise.withResolvers<void>()
    const left = Promise.withResolvers<void>()
    const confirm: Confirm = (_, signal) => new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => (left.resolve(), reject(signal.reason as Error)))
      asked.resolve()
    })
    await using one = await served({ confirm })
    const controller = new AbortController()
    const asking = askAgent(one.path, { ask: 'sign', payload: one.scene.release() }, controller.signal)
    await asked.promise
    controller.abort(new GgenError('cancelled', 'interrupted'))
    await assert.rejects(asking, (error) => isGgenError(error, 'cancelled'))
    await left.promise
  })

  it('survives whatever anybody sends, signs nothing but the own words of the key, and says why in a typed error', async (t) => {
    await using one = await served()
    const random = seeded('hostile')
    const below = (limit: number): number => Math.floor(random.fraction() * limit)
    const good = [{ ask: 'status' }, { ask: 'sign', payload: one.scene.release() }] as const
    const lines = good.map((question) => Buffer.from(formatQuestion(question)))
    const codes = new Map<string, number>()
    for (let index = 0; index < HOSTILE; index += 1) {
      const base = lines[index % lines.length] ?? Buffer.alloc(0)
      const input = below(3) === 0 ? Buffer.from(random.bytes(below(300))) : Buffer.from(base)
      for (let flips = 1 + below(4); flips > 0 && input.length > 0; flips -= 1) input[below(input.length)] = below(256)
      const leaves = below(4)
      const text = await exchange(one.path, (socket) => {
        if (leaves === 0) socket.end(input.subarray(0, below(input.length + 1)))
        else if (leaves === 1) socket.write(input, () => socket.destroy())
        else socket.write(Buffer.concat([input, Buffer.from('\n')]))
      })
      if (text.startsWith('{"signature":')) {
        assert.equal(purposeIn(input, one.scene), (JSON.parse(text) as { purpose: string }).purpose)
        continue
      }
      const code = /^\{"error":\{"code":"([a-z-]+)"/.exec(text)?.[1] ?? text.slice(0, 11)
      assert.ok(['', '{"identity"', 'frame-invalid', 'op-invalid', 'denied'].includes(code), text)
      codes.set(code, (codes.get(code) ?? 0) + 1)
    }
    assert.ok((codes.get('frame-invalid') ?? 0) > 0 && (codes.get('op-invalid') ?? 0) > 0, JSON.stringify([...codes]))
    await isAlive(one)
    const counts = [...codes].map(([code, count]) => `${code || 'no answer'} ${count}`).join(', ')
    t.diagnostic(`${HOSTILE} hostile questions: ${counts}; 0 signed that are not the key's own words`)
  })
})
