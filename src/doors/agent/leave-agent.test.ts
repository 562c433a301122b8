import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type ErrorCode, GgenError, isGgenError } from '#core'
import { temporaryFolder, until } from '#testing'
import { type AgentScene, agentScene } from './agent-scene.conformance.ts'
import { formatHandOver } from './hand-over.ts'
import { leaveAgent, type LeaveOptions } from './leave-agent.ts'
import { type AgentStatus, formatAnswer } from './protocol.ts'

const never = new AbortController().signal
/** What an agent says that tells who it is. */
const READY = `const ready = ({ identity, publicKey }) => console.log(JSON.stringify({ identity, publicKey, until: 7, asks: false, pid: process.pid }))`

const leave = async (home: string, script: string, more: Partial<LeaveOptions> & { readonly scene?: AgentScene } = {}): Promise<AgentStatus> => {
  const whole = `${READY}
    let text = ''
    process.stdin.on('data', (chunk) => (text += chunk)).on('end', () => { const handOver = JSON.parse(text); ${script} })`
  const { scene = await agentScene(), ...changed } = more
  return await leaveAgent(scene.handOver(), { launcher: [process.execPath, '-e', whole, '--'], home, env: process.env, signal: never, ...changed })
}

interface Seen {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly handOver: unknown
}

const isGone = (pid: number): boolean => {
  try {
    return !process.kill(pid, 0)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return true
    throw error
  }
}

const fails = (work: Promise<unknown>, code: ErrorCode, message: RegExp): Promise<void> =>
  assert.rejects(work, (error) => isGgenError(error, code) && message.test(error.message))

describe('leaveAgent', () => {
  it('leaves a process behind that got the key through a pipe, and neither in its arguments nor in its environment', async () => {
    await using folder = await temporaryFolder()
    const scene = await agentScene()
    const script = `
      const seen = JSON.stringify({ argv: process.argv.slice(1), env: process.env, cwd: process.cwd(), handOver })
      require('node:fs').writeFileSync('seen', seen)
      ready(handOver)
      setInterval(() => undefined, 1000)`
    const status = await leave(folder.path, script, { scene })
    try {
      const seen = JSON.parse(await readFile(join(folder.path, 'seen'), 'utf8')) as Seen
      assert.deepEqual([seen.argv, seen.env['GGEN_HOME'], seen.cwd], [['id', 'agent', '--json'], folder.path, folder.path])
      assert.deepEqual(seen.handOver, JSON.parse(formatHandOver(scene.handOver())))
      assert.ok(!JSON.stringify([seen.argv, seen.env]).includes(Buffer.from(scene.handOver().seed).toString('base64')))
      assert.equal(isGone(status.pid), false)
    } finally {
      process.kill(status.pid)
    }
    await until('it has ended', () => isGone(status.pid))
  })

  it('throws what the process reported, and says so when it ends without a word', async () => {
    await using folder = await temporaryFolder()
    const answer = formatAnswer({ kind: 'refused', error: new GgenError('conflict', 'another agent') })
    await fails(leave(folder.path, `process.stdout.write(${JSON.stringify(answer)})`), 'conflict', /another agent/)
    await fails(leave(folder.path, 'process.exitCode = 3'), 'internal', /did not start/)
    await fails(leave(folder.path, `console.log('hello')`), 'internal', /did not start/)
    await fails(leave(folder.path, '', { launcher: [join(folder.path, 'missing')] }), 'internal', /could not be started/)
  })

  it('ends the process when the user does not wait for it', async () => {
    await using folder = await temporaryFolder()
    const controller = new AbortController()
    const path = join(folder.path, 'pid')
    const script = `require('node:fs').writeFileSync('pid', String(process.pid)); setInterval(() => undefined, 1000)`
    const waiting = leave(folder.path, script, { signal: controller.signal })
    const refused = fails(waiting, 'cancelled', /enough/)
    const pid = await until('it has begun', async () => {
      try {
        return Number(await readFile(path, 'utf8')) || undefined
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        throw error
      }
    })
    controller.abort(new GgenError('cancelled', 'enough'))
    await refused
    await until('it has ended', () => isGone(pid))
  })
})
