import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Platform, toConfig } from '#config'
import { type Events, type GgenEvent, LIMITS, parsePeerId } from '#core'
import { runNode } from './run-node.ts'
import type { ServeOptions } from './serve-node.ts'

const PEER = parsePeerId('12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo')
const PLATFORM: Platform = { os: 'linux', userFolder: '/home/ada', tempFolder: '/tmp', workingFolder: '/srv/project', userId: 1000 }
const CONFIG = toConfig({ flags: {}, env: {}, files: { dotGgen: false }, platform: PLATFORM })

const something = (task: string): GgenEvent => ({ type: 'task-failed', task, code: 'internal', message: '' })

/** What a node says in which something happens so often before it is open, and again afterwards and while it ends. */
const said = async (before: number): Promise<string[]> => {
  const lines: string[] = []
  let told: Events | undefined
  const ending = new AbortController()
  const open = async (_config: unknown, { events }: ServeOptions): Promise<AsyncDisposable & { peerId: typeof PEER; addresses: [] }> => {
    for (let place = 0; place < before; place++) events.emit(something(String(place)))
    await Promise.resolve()
    told = events
    return { peerId: PEER, addresses: [], [Symbol.asyncDispose]: async () => events.emit(something('ending')) }
  }
  const onReady = (): void => {
    lines.push('ready')
    setImmediate(() => {
      told?.emit(something('later'))
      ending.abort()
    })
  }
  await runNode(CONFIG, { signal: ending.signal, onReady, onEvent: (event) => lines.push(event.type === 'task-failed' ? event.task : event.type) }, open)
  return lines
}

test('what happened before the node was ready is told when it is, and nothing twice', async () => {
  assert.deepEqual(await said(2), ['ready', '0', '1', 'later'])
})

test('what waits for a node to be ready is bounded', async () => {
  assert.equal((await said(LIMITS.earlyEvents * 3)).length, LIMITS.earlyEvents + 2)
})
