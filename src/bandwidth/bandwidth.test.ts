import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type BandwidthLimits, type Giver, LIMITS, type Urgency } from '#core'
import { TestClock } from '#testing'
import { Bandwidth, type Direction, type Lane } from './bandwidth.ts'
import { excess, nextTurn, type Passed, peerOf } from './traffic.conformance.ts'

const never = new AbortController().signal
const MB = 1e6

interface Consumer {
  readonly lane: Lane
  readonly peer: Giver
  readonly chunk: number
  bytes: number
  readonly passed: Passed[]
}

/** A machine on which time passes in steps: consumers that take chunk after chunk, as fast as they are let. */
class Machine {
  readonly clock = new TestClock()
  readonly bandwidth: Bandwidth
  readonly consumers: Consumer[] = []
  readonly ended = new AbortController()

  constructor(limits: BandwidthLimits) {
    this.bandwidth = new Bandwidth(this.clock, limits)
  }

  start(options: { urgency?: Urgency; peer?: number; chunk?: number; lane?: Lane; direction?: Direction } = {}): Consumer {
    const { urgency = 'interactive', peer = this.consumers.length, chunk = 64 * 1024, direction = 'down' } = options
    const consumer: Consumer = { lane: options.lane ?? this.bandwidth.lane(direction, urgency), peer: peerOf(peer), chunk, bytes: 0, passed: [] }
    this.consumers.push(consumer)
    void this.#consume(consumer)
    return consumer
  }

  async #consume(consumer: Consumer): Promise<void> {
    while (!this.ended.signal.aborted) {
      try {
        await consumer.lane.take(consumer.peer, consumer.chunk, this.ended.signal)
      } catch (error) {
        if (this.ended.signal.aborted) return
        throw error
      }
      consumer.bytes += consumer.chunk
      consumer.passed.push({ at: this.clock.monotonic(), peer: consumer.peer, bytes: consumer.chunk })
    }
  }

  async run(durationMs: number, stepsMs: readonly number[] = [1]): Promise<void> {
    await nextTurn()
    const end = this.clock.monotonic() + durationMs
    for (let step = 0; this.clock.monotonic() < end; step++) {
      this.clock.advance(stepsMs[step % stepsMs.length] ?? 1)
      await nextTurn()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ended.abort()
    await nextTurn()
  }
}

const near = (actual: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance * expected, `${actual} is not within ${tolerance} of ${expected}`)

describe('Bandwidth', () => {
  it('lets everything go at once without limits, and counts it', async () => {
    const clock = new TestClock()
    const bandwidth = new Bandwidth(clock)
    const lane = bandwidth.lane('up', 'background')
    for (let index = 0; index < 10; index++) assert.equal(lane.take(peerOf(0), MB, AbortSignal.abort()), undefined)
    clock.advance(1000)
    assert.deepEqual(bandwidth.rates(), { up: 10 * MB, down: 0 })
    assert.deepEqual(bandwidth.limits(), {})
  })

  it('keeps the limit within 2 %, with timers that come late and chunks of any size', async () => {
    for (const [limit, chunk, stepsMs] of [[MB, 64 * 1024, [1]], [50_000, 16_384, [7, 1, 30]], [100 * MB, 16_384, [2, 1, 20]], [5 * MB, MB, [3]]] as const) {
      await using machine = new Machine({ down: limit })
      const { consumers } = machine
      for (let index = 0; index < 3; index++) machine.start({ chunk })
      await machine.run(2000, stepsMs)
      const before = consumers.reduce((sum, { bytes }) => sum + bytes, 0)
      const began = machine.clock.monotonic()
      await machine.run(40 * Math.max(100, (chunk / limit) * 1000), stepsMs)
      const seconds = (machine.clock.monotonic() - began) / 1000
      near(consumers.reduce((sum, { bytes }) => sum + bytes, 0) - before, limit * seconds, 0.02)
      near(machine.bandwidth.rates().down, limit, 0.2)
      assert.ok(excess(consumers.flatMap(({ passed }) => passed), limit) <= limit / 10 + chunk)
    }
  })

  it('shares equally between lanes, whatever their chunks and at any rate', async () => {
    for (const limit of [MB, 10 * MB, 100 * MB]) {
      await using machine = new Machine({ down: limit })
      for (const chunk of [4096, 65_536, 1_048_576]) machine.start({ chunk })
      await machine.run(Math.max(2000, 30 * (1_048_576 / limit) * 1000), [1, 2])
      const total = machine.consumers.reduce((sum, { bytes }) => sum + bytes, 0)
      for (const { bytes } of machine.consumers) assert.ok(Math.abs(bytes - total / 3) <= 2 * 1_048_576, `${limit}: ${bytes} of ${total}`)
      near(total, limit * Math.max(2, 30 * (1_048_576 / limit)), 0.1)
    }
  })

  it('gives a transfer from eight peers no more than one from a single peer', async () => {
    await using machine = new Machine({ down: MB })
    const lane = machine.bandwidth.lane('down', 'interactive')
    for (let peer = 0; peer < 8; peer++) machine.start({ peer, lane, chunk: 16_384 })
    const single = machine.start({ chunk: 16_384 })
    await machine.run(10_000, [2])
    near(single.bytes, 5 * MB, 0.03)
  })

  it('gives nobody more for having been away or held up elsewhere', async () => {
    await using machine = new Machine({ down: 0.7 * MB, perPeer: MB / 10 })
    const lanes = [machine.bandwidth.lane('down', 'interactive'), machine.bandwidth.lane('down', 'interactive')] as const
    for (let peer = 0; peer < 8; peer++) machine.start({ lane: lanes[peer < 2 ? 0 : 1], peer, chunk: 3000 + 1000 * peer })
    await machine.run(20_000, [2])
    machine.bandwidth.setLimits({ down: 0.7 * MB })
    const latecomer = machine.start({ chunk: 4096 })
    const before = machine.consumers.map(({ bytes }) => bytes)
    await machine.run(3000, [2])
    const gained = machine.consumers.map(({ bytes }, index) => bytes - (before[index] ?? 0))
    near(latecomer.bytes, 0.7 * MB, 0.05)
    near((gained[0] ?? 0) + (gained[1] ?? 0), 0.7 * MB, 0.05)
  })

  it('limits each peer by itself, in each direction by itself', async () => {
    await using machine = new Machine({ perPeer: MB })
    const [first, second] = [machine.start({ peer: 1 }), machine.start({ peer: 1 })]
    const [other, up] = [machine.start({ peer: 2 }), machine.start({ peer: 1, direction: 'up' })]
    await machine.run(10_000, [2])
    near(first.bytes, 5 * MB, 0.03)
    near(second.bytes, 5 * MB, 0.03)
    near(other.bytes, 10 * MB, 0.03)
    near(up.bytes, 10 * MB, 0.03)
  })

  it('gives to others what a peer may not use up', async () => {
    await using machine = new Machine({ down: 3 * MB, perPeer: 2 * MB })
    const [slow, alsoSlow] = [machine.start({ peer: 1, chunk: 16_384 }), machine.start({ peer: 1, chunk: 16_384 })]
    const quick = machine.start({ peer: 2, chunk: 16_384 })
    await machine.run(10_000, [2])
    near(slow.bytes + alsoSlow.bytes + quick.bytes, 30 * MB, 0.03)
    assert.ok(slow.bytes + alsoSlow.bytes <= 20.5 * MB)
    near(slow.bytes, alsoSlow.bytes, 0.03)
  })

  it('lets the background wait for the interactive, but keeps it above a stall', async () => {
    await using machine = new Machine({ down: MB })
    const background = [machine.start({ urgency: 'background', chunk: 16_384 }), machine.start({ urgency: 'background', chunk: 16_384 })]
    await machine.run(2000)
    near(background.reduce((sum, { bytes }) => sum + bytes, 0), 2 * MB, 0.1)
    const before = background.map(({ bytes }) => bytes)
    machine.start({ chunk: 65_536 })
    machine.start({ chunk: 16_384 })
    await machine.run(15_000)
    const gained = background.map(({ bytes }, index) => bytes - (before[index] ?? 0))
    for (const bytes of gained) {
      assert.ok(bytes > 15 * LIMITS.stallBytesPerSecond, `${bytes} is a stall`)
      assert.ok(bytes < 15 * MB * 0.03, `${bytes} is too much`)
    }
  })

  it('keeps the background from more than a quarter, and yields at any rate', async () => {
    for (const limit of [40_000, 100 * MB]) {
      await using machine = new Machine({ down: limit })
      for (let index = 0; index < 6; index++) machine.start({ urgency: 'background', chunk: 4096 })
      const interactive = machine.start({ chunk: 4096 })
      await machine.run(10_000, [2])
      assert.ok(interactive.bytes > limit * 10 * 0.7, `${interactive.bytes} of ${limit * 10}`)
      assert.ok(machine.consumers.every(({ bytes }) => bytes > 0))
    }
  })

  it('lets the background use a peer that no interactive lane uses', async () => {
    await using machine = new Machine({ perPeer: MB })
    const background = machine.start({ peer: 1, urgency: 'background' })
    const rival = machine.start({ peer: 2, urgency: 'background' })
    machine.start({ peer: 2 })
    await machine.run(10_000, [2])
    near(background.bytes, 10 * MB, 0.05)
    assert.ok(rival.bytes > 10 * LIMITS.stallBytesPerSecond && rival.bytes < MB, `${rival.bytes}`)
  })

  it('does not let traffic with one peer hold up the background with another', async () => {
    await using machine = new Machine({ perPeer: MB })
    const background = machine.start({ peer: 1, urgency: 'background', chunk: 4096 })
    const busy = machine.bandwidth.lane('down', 'interactive')
    for (let index = 0; index < 10_000; index++) {
      assert.equal(busy.take(peerOf(2), 100, never), undefined)
      await machine.run(0.5, [0.5])
    }
    near(background.bytes, 5 * MB, 0.05)
  })

  it('lets changed limits hold at once for those who wait', async () => {
    await using machine = new Machine({ down: 10_000 })
    const consumer = machine.start({ chunk: 1_000_000 })
    await machine.run(1000)
    assert.equal(consumer.passed.length, 1)
    machine.bandwidth.setLimits({ down: 10 * MB })
    await machine.run(1000)
    near(consumer.bytes, 10 * MB, 0.15)
    const before = consumer.bytes
    machine.bandwidth.setLimits({ down: 10 * MB, perPeer: 1000 })
    await machine.run(1000)
    assert.ok(consumer.bytes - before <= 2_000_000)
    const waiting = machine.bandwidth.lane('down', 'interactive').take(consumer.peer, 1, never)
    assert.ok(waiting !== undefined)
    machine.ended.abort()
    machine.bandwidth.setLimits({})
    await waiting
    assert.equal(consumer.lane.take(consumer.peer, 1e9, never), undefined)
  })
})
