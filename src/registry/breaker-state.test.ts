import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { GgenError, REGISTRY_LIMITS } from '#core'
import { type BreakerInput, type BreakerState, CLOSED, stepBreaker } from './breaker-state.ts'

const why = new GgenError('registry-unreachable', 'nobody listens')
const failed: BreakerInput = { type: 'failed', why }

const run = (inputs: readonly BreakerInput[]): { readonly state: BreakerState; readonly waits: readonly number[]; readonly probes: number } => {
  let state = CLOSED
  const waits: number[] = []
  let probes = 0
  for (const input of inputs) {
    const step = stepBreaker(state, input)
    state = step.state
    if (step.effect === 'probe') probes += 1
    else if (step.effect !== undefined) waits.push(step.effect.waitMs)
  }
  return { state, waits, probes }
}

suite('A breaker', () => {
  test('opens with the first failure, and those that were under way say nothing new', () => {
    const { state, waits } = run([failed, failed, failed])
    assert.equal(state.phase, 'open')
    assert.deepEqual(waits, [REGISTRY_LIMITS.probeFirstMs])
  })

  test('probes once at a time, later each time, and never later than the limit', () => {
    const rounds = Array.from({ length: 12 }, (): readonly BreakerInput[] => [failed, { type: 'due' }]).flat()
    const { waits, probes } = run(rounds)
    assert.equal(probes, 12)
    assert.deepEqual(waits.slice(0, 4), [1, 2, 4, 8].map((factor) => factor * REGISTRY_LIMITS.probeFirstMs))
    assert.equal(waits.at(-1), REGISTRY_LIMITS.probeMaxMs)
  })

  test('closes with whatever answer, and begins anew afterwards', () => {
    const { state, waits } = run([failed, { type: 'due' }, failed, { type: 'due' }, { type: 'answered' }, failed])
    assert.equal(state.phase, 'open')
    assert.equal(waits.at(-1), REGISTRY_LIMITS.probeFirstMs)
    assert.deepEqual(run([failed, { type: 'answered' }, { type: 'due' }]).state, CLOSED)
  })

  test('is probed at once when it is late, opens when that fails, and learns nothing by a second one', () => {
    const { state, waits, probes } = run([{ type: 'late' }, { type: 'late' }, { type: 'due' }])
    assert.deepEqual([state.phase, waits, probes], ['doubted', [0], 1])
    assert.equal(run([{ type: 'late' }, { type: 'due' }, failed]).state.phase, 'open')
    assert.deepEqual(run([{ type: 'late' }, { type: 'answered' }]).state, CLOSED)
    assert.equal(run([failed, { type: 'late' }]).state.phase, 'open', 'worse is known of it')
  })

  test('whatever happens, an open or doubted one always has a time or a probe to wait for', () => {
    const input = fc.constantFrom<BreakerInput>({ type: 'answered' }, failed, { type: 'due' }, { type: 'late' })
    fc.assert(fc.property(fc.array(input), (inputs) => {
      let [state, waiting, probing] = [CLOSED, false, false]
      for (const one of inputs) {
        // Nothing is due that nobody waits for, and a probe ends with what it finds.
        if (one.type === 'due' && !waiting) continue
        if (one.type === 'due') waiting = false
        if (one.type === 'answered' || one.type === 'failed') probing = false
        const step = stepBreaker(state, one)
        state = step.state
        if (step.effect === 'probe') probing = true
        else if (step.effect !== undefined) waiting = true
        assert.equal(state.phase !== 'closed' && !waiting && !probing, false)
      }
    }))
  })
})
