import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError, type ServedFrom, type ServedTarball } from '#core'
import type { ControlClient, StatusReply } from '#doors/control'
import { stopCi } from './ci.ts'
import { runIn, SceneProject } from './project-scene.conformance.ts'

const served = (from: ServedFrom, bytes: number): ServedTarball =>
  ({ at: 1, name: 'a', version: '1.0.0', from, bytes, firstByteMs: 1, durationMs: 2, client: 'npm' })

const stop = async (client: Partial<ControlClient>) => (await runIn(new SceneProject([]), stopCi(), { client, world: { isAlive: () => false } })).outcome

const UP = { status: async () => ({ uptimeSeconds: 9 }) as StatusReply, health: async () => ({ pid: 7 }) as never, stop: async () => undefined }

describe('ggen ci stop', () => {
  it('tells what was served while the node ran, and stops it', async () => {
    const asked: number[] = []
    const npmServed = async (agoMs: number) => (asked.push(agoMs), { served: [served('disk', 10), served('upstream', 5), served('disk', 20)] })
    const outcome = await stop({ ...UP, npmServed })
    assert.ok(outcome.kind === 'ci-stopped')
    assert.deepEqual([outcome.value.stopped, outcome.value.pid, asked], [true, 7, [10_000]])
    assert.deepEqual(outcome.value.from, [{ from: 'disk', archives: 2, bytes: 30 }, { from: 'upstream', archives: 1, bytes: 5 }])
  })

  it('is content where the node has no door, and where it ended by itself', async () => {
    const noDoor = await stop({ ...UP, npmServed: () => Promise.reject(new GgenError('no-npm-door', 'none')) })
    assert.ok(noDoor.kind === 'ci-stopped' && noDoor.value.stopped)
    const gone = await stop({ status: () => Promise.reject(new GgenError('daemon-not-running', 'none')) })
    assert.deepEqual(gone, { kind: 'ci-stopped', value: { stopped: false, from: [], installs: [] } })
    await assert.rejects(stop({ status: () => Promise.reject(new GgenError('denied', 'not yours')) }))
  })
})
