import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Events, type GgenEvent, LIMITS, type PeerId } from '#core'
import { TestClock } from '#testing'
import { CatchUp } from './catch-up.ts'

const [ada, bob] = ['ada', 'bob'] as PeerId[] as [PeerId, PeerId]

const setUp = (): { catchUp: CatchUp; clock: TestClock; seen: GgenEvent[] } => {
  const [clock, events] = [new TestClock(), new Events()]
  const seen: GgenEvent[] = []
  events.subscribe((event) => seen.push(event))
  return { catchUp: new CatchUp({ clock, events }), clock, seen }
}

test('what is quickly done is not worth telling', () => {
  const { catchUp, clock, seen } = setUp()
  using progress = catchUp.begin(ada)
  progress.hear(0, 1000)
  clock.advance(LIMITS.syncTellMs - 1)
  progress.hear(900, 1000)
  assert.deepEqual([catchUp.now(), seen], [undefined, []])
})

test('tells what is here, of how many, how fast they come, and how long it will take', () => {
  const { catchUp, clock, seen } = setUp()
  using progress = catchUp.begin(ada)
  progress.hear(200, 10_000)
  clock.advance(2000)
  progress.hear(1200, 10_000)
  const expected = { ops: 1200, of: 10_000, opsPerSecond: 500, remainingMs: 17_600 }
  assert.deepEqual(catchUp.now(), expected)
  assert.deepEqual(seen, [{ type: 'sync-progress', peer: ada, ...expected }])
})

test('tells it now and then, not with every op', () => {
  const { catchUp, clock, seen } = setUp()
  using progress = catchUp.begin(ada)
  for (let step = 0; step < 100; step += 1) {
    progress.hear(step, 1000)
    clock.advance(LIMITS.syncTellMs / 10)
  }
  assert.equal(seen.length, 9)
})

test('does not guess how long it takes while nothing comes', () => {
  const { catchUp, clock } = setUp()
  using progress = catchUp.begin(ada)
  progress.hear(5, 1000)
  clock.advance(5000)
  progress.hear(5, 1000)
  assert.deepEqual(catchUp.now(), { ops: 5, of: 1000, opsPerSecond: 0 })
})

test('shows the session that has most before it, until it ends', () => {
  const { catchUp, clock } = setUp()
  const [small, large] = [catchUp.begin(ada), catchUp.begin(bob)]
  clock.advance(1000)
  small.hear(10, 20)
  large.hear(10, 500)
  assert.equal(catchUp.now()?.of, 500)
  large[Symbol.dispose]()
  assert.equal(catchUp.now()?.of, 20)
  small[Symbol.dispose]()
  assert.equal(catchUp.now(), undefined)
})

test('is over when as much is here as the peer has, also while the session still compares', () => {
  const { catchUp, clock, seen } = setUp()
  using progress = catchUp.begin(ada)
  clock.advance(1000)
  progress.hear(900, 1000)
  assert.equal(catchUp.now()?.ops, 900)
  progress.hear(1000, 1000)
  assert.deepEqual([catchUp.now(), seen.length], [undefined, 1])
})
