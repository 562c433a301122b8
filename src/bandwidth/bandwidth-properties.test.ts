import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { TestClock } from '#testing'
import { Bandwidth } from './bandwidth.ts'
import { excess, nextTurn, type Passed, peerOf } from './traffic.conformance.ts'

describe('Bandwidth under any traffic', () => {
  it('never exceeds the limit, never forgets anybody and runs no timer for nobody, whatever happens', async () => {
    const rate = fc.integer({ min: 10_000, max: 1_000_000 })
    const event = fc.oneof(
      fc.record({
        kind: fc.constant('take' as const), lane: fc.nat(3), peer: fc.nat(2), bytes: fc.integer({ min: 1, max: 50_000 }), patienceMs: fc.option(fc.nat(400)),
      }),
      fc.record({ kind: fc.constant('limits' as const), node: fc.option(rate), perPeer: fc.option(rate) }),
      fc.record({ kind: fc.constant('time' as const), ms: fc.nat(100) }),
    )
    await fc.assert(fc.asyncProperty(fc.array(event, { maxLength: 60, size: 'max' }), async (events) => {
      const clock = new TestClock()
      let timers = 0
      const wait = async (ms: number, signal: AbortSignal): Promise<void> => {
        timers += 1
        try {
          await clock.wait(ms, signal)
        } finally {
          timers -= 1
        }
      }
      const bandwidth = new Bandwidth({ now: () => clock.now(), monotonic: () => clock.monotonic(), timeout: (ms) => clock.timeout(ms), wait })
      const lanes = (['interactive', 'background', 'interactive', 'background'] as const).map((urgency) => bandwidth.lane('up', urgency))
      let passed: Passed[] = []
      let limits: { node: number; perPeer: number } = { node: Infinity, perPeer: Infinity }
      let open = 0
      const impatient: { readonly at: number; readonly controller: AbortController }[] = []
      const check = (): void => {
        const holds = (some: readonly Passed[], limit: number): boolean => limit === Infinity || excess(some, limit) <= limit / 10 + 50_001
        assert.ok(holds(passed, limits.node))
        for (const [, some = []] of Map.groupBy(passed, ({ peer }) => peer)) assert.ok(holds(some, limits.perPeer))
      }
      const tick = async (): Promise<void> => {
        clock.advance(1)
        for (const { at, controller } of impatient) if (at <= clock.monotonic()) controller.abort()
        await nextTurn()
      }
      for (const one of events) {
        if (one.kind === 'time') for (let ms = 0; ms < one.ms; ms++) await tick()
        else if (one.kind === 'limits') {
          check()
          passed = []
          limits = { node: one.node ?? Infinity, perPeer: one.perPeer ?? Infinity }
          bandwidth.setLimits({ ...(one.node !== null && { up: one.node }), ...(one.perPeer !== null && { perPeer: one.perPeer }) })
          await nextTurn()
          passed = []
        } else {
          const controller = new AbortController()
          if (one.patienceMs !== null) impatient.push({ at: clock.monotonic() + one.patienceMs, controller })
          const note = (): void => {
            open -= 1
            passed.push({ at: clock.monotonic(), peer: peerOf(one.peer), bytes: one.bytes })
          }
          open += 1
          const taking = lanes[one.lane]?.take(peerOf(one.peer), one.bytes, controller.signal)
          if (taking === undefined) note()
          else taking.then(note, () => (open -= 1))
        }
      }
      for (let ms = 0; open > 0 && ms < 350_000; ms++) await tick()
      check()
      await nextTurn()
      assert.deepEqual({ open, timers }, { open: 0, timers: 0 })
    }), { numRuns: 60 })
  })
})
