import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Clock, isGgenError, LIMITS, parsePeerId } from '#core'
import { TestClock } from '#testing'
import { Gate } from './gate.ts'

const never = new AbortController().signal
const peer = parsePeerId(`12D3Koo${'W'.repeat(45)}`)
const queue = (): Parameters<Gate['take']>[0] => ({ urgency: 'interactive', turns: [], start: 0, finish: 0 })

/** A clock that says how many waits are under way. */
const counting = (): { clock: Clock; time: TestClock; waits: () => number } => {
  const time = new TestClock()
  let waits = 0
  const wait = async (ms: number, signal: AbortSignal): Promise<void> => {
    waits += 1
    try {
      await time.wait(ms, signal)
    } finally {
      waits -= 1
    }
  }
  return { clock: { now: () => time.now(), monotonic: () => time.monotonic(), timeout: (ms) => time.timeout(ms), wait }, time, waits: () => waits }
}

describe('Gate', () => {
  it('wakes whoever waits, and runs one timer for all of them and none for nobody', async () => {
    const { clock, time, waits } = counting()
    const gate = new Gate(clock, { node: 1000 })
    assert.equal(gate.take(queue(), { peer, bytes: 1100, signal: never }), undefined)
    assert.equal(waits(), 0)
    const waiting = [1, 2, 3].map((bytes) => gate.take(queue(), { peer, bytes, signal: never }) ?? Promise.resolve())
    assert.equal(waits(), 1)
    time.advance(1000)
    await waiting[0]
    for (const turn of waiting.slice(1)) {
      time.advance(10)
      await turn
    }
    assert.equal(waits(), 0)
    assert.ok(gate.rate() > 0)
  })

  it('lets go of whoever gives up, with the reason', async () => {
    const { clock, waits } = counting()
    const gate = new Gate(clock, { node: 1000 })
    const reason = new Error('enough')
    await assert.rejects(gate.take(queue(), { peer, bytes: 1, signal: AbortSignal.abort(reason) }) ?? Promise.resolve(), reason)
    assert.equal(gate.take(queue(), { peer, bytes: 1100, signal: never }), undefined)
    const controller = new AbortController()
    const waiting = gate.take(queue(), { peer, bytes: 1, signal: controller.signal }) ?? Promise.resolve()
    assert.equal(waits(), 1)
    controller.abort(reason)
    await assert.rejects(waiting, reason)
    assert.equal(waits(), 0)
  })

  it('refuses more than it can keep in mind', async () => {
    const gate = new Gate(new TestClock(), { node: 1 })
    const [one, controller] = [queue(), new AbortController()]
    const waiting = Array.from({ length: LIMITS.pacedTurns + 1 }, () => gate.take(one, { peer, bytes: 1, signal: controller.signal }) ?? Promise.resolve())
    await assert.rejects(gate.take(queue(), { peer, bytes: 1, signal: never }) ?? Promise.resolve(), (error) => isGgenError(error, 'too-busy'))
    controller.abort()
    const states = await Promise.allSettled(waiting)
    assert.equal(states.filter(({ status }) => status === 'rejected').length, LIMITS.pacedTurns)
  })

  it('does not hold up who waits when the limit goes away', async () => {
    const { clock, waits } = counting()
    const gate = new Gate(clock, { node: 1 })
    const waiting = [1, 2, 3].map(() => gate.take(queue(), { peer, bytes: 10, signal: never }) ?? Promise.resolve())
    gate.setLimits({})
    await Promise.all(waiting)
    await new Promise((turn) => setImmediate(turn))
    assert.equal(waits(), 0)
  })
})
