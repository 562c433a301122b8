import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { agentScene } from './agent-scene.conformance.ts'
import { decide, type Moment, type Unlocked } from './decide.ts'

const NOW: Moment = { now: 1000, monotonic: 50, stamp: 'as it was' }

const scene = async (asks = false): Promise<{ readonly unlocked: Unlocked; readonly payload: Uint8Array }> => {
  const { handOver, release } = await agentScene()
  const { identity, publicKey } = handOver()
  return { payload: release(), unlocked: { identity, publicKey, stamp: 'as it was', until: 2000, untilMonotonic: 1050, asks } }
}

describe('decide', () => {
  it('signs the own words of the key, and says what they are', async () => {
    const { unlocked, payload } = await scene()
    assert.deepEqual(decide(unlocked, { kind: 'sign', payload, isConfirmed: false }, NOW), { kind: 'sign', purpose: 'publish tool 1.2.0' })
    assert.deepEqual(decide(unlocked, { kind: 'look' }, NOW), { kind: 'stay' })
    assert.deepEqual(decide(unlocked, { kind: 'lock' }, NOW), { kind: 'end', why: 'locked' })
  })

  it('asks first where it is to ask, and signs only what was said yes to', async () => {
    const { unlocked, payload } = await scene(true)
    assert.deepEqual(decide(unlocked, { kind: 'sign', payload, isConfirmed: false }, NOW), { kind: 'ask', purpose: 'publish tool 1.2.0' })
    assert.deepEqual(decide(unlocked, { kind: 'sign', payload, isConfirmed: true }, NOW), { kind: 'sign', purpose: 'publish tool 1.2.0' })
  })

  it('refuses everything else with a typed error, also when somebody said yes', async () => {
    const { unlocked } = await scene()
    const { payload } = await scene()
    const other = { ...unlocked, publicKey: `ed01${'0'.repeat(64)}` as typeof unlocked.publicKey }
    for (const isConfirmed of [false, true]) {
      const foreign = decide(other, { kind: 'sign', payload, isConfirmed }, NOW)
      assert.ok(foreign.kind === 'refuse' && isGgenError(foreign.error, 'denied'))
      const garbage = decide(unlocked, { kind: 'sign', payload: Buffer.from('raw bytes'), isConfirmed }, NOW)
      assert.ok(garbage.kind === 'refuse' && isGgenError(garbage.error, 'op-invalid'))
    }
  })

  it('ends when either clock says that the time is over, whatever is asked', async () => {
    const { unlocked, payload } = await scene()
    const inputs = [{ kind: 'look' }, { kind: 'lock' }, { kind: 'sign', payload, isConfirmed: true }] as const
    for (const input of inputs) {
      // A machine that slept, and one whose clock was set back.
      for (const moment of [{ ...NOW, now: 2000 }, { ...NOW, now: 0, monotonic: 1050 }]) {
        assert.deepEqual(decide(unlocked, input, moment), { kind: 'end', why: 'over' })
      }
      for (const moment of [{ ...NOW, now: 1999 }, { ...NOW, monotonic: 1049 }]) {
        assert.notDeepEqual(decide(unlocked, input, moment), { kind: 'end', why: 'over' })
      }
    }
  })

  it('ends when the file of the identity is another one, or none, or not to be trusted', async () => {
    const { unlocked, payload } = await scene()
    for (const stamp of ['another', undefined]) {
      for (const input of [{ kind: 'look' }, { kind: 'sign', payload, isConfirmed: true }] as const) {
        assert.deepEqual(decide(unlocked, input, { ...NOW, stamp }), { kind: 'end', why: 'changed' })
      }
    }
  })
})
