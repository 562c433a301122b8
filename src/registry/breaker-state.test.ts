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

  test('whatever happens, an open one always has a time or a probe to wait for', () => {
    const input = fc.constantFrom<BreakerInput>({ type: 'answered' }, failed, { type: 'due' })
    fc.assert(fc.property(fc.array(input), (inputs) => {
      let [state, waiting] = [CLOSED, false]
      for (const one of inputs) {
        // Nothing is due that nobody waits for.
        if (one.type === 'due' && !waiting) continue
        if (one.type === 'due') waiting = false
        const step = stepBreaker(state, one)
        state = step.state
        if (step.effect !== undefined && step.effect !== 'probe') waiting = true
        assert.equal(state.phase === 'open' && !waiting, false)
      }
    }))
  })
})
