import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PieceDemand } from './piece-demand.ts'
import { setOf } from './schedule-simulator.conformance.ts'

const having = (pieces?: readonly number[]): { pieces: ReturnType<typeof setOf> | undefined; has(piece: number): boolean } => {
  const set = pieces === undefined ? undefined : setOf(8, pieces)
  return { pieces: set, has: (piece) => set?.has(piece) ?? true }
}

test('without partial holders the first open piece is the best one, in spans up to what is taken', () => {
  const demand = new PieceDemand(8)
  const whole = having()
  demand.weigh([whole, whole])
  assert.equal(demand.best(whole), 0)
  demand.take({ first: 0, end: 2 })
  demand.take({ first: 5, end: 6 })
  assert.equal(demand.best(whole), 2)
  assert.deepEqual(demand.spanFrom(2, whole, 16), { first: 2, end: 5 })
  assert.deepEqual(demand.spanFrom(2, whole, 2), { first: 2, end: 4 })
  assert.equal(demand.open, 5)
})

test('with partial holders the rarest piece is the best one, and a span has only what the holder has', () => {
  const demand = new PieceDemand(8)
  const [whole, part] = [having(), having([0, 1, 2, 3, 5])]
  demand.weigh([whole, part, part])
  assert.equal(demand.best(whole), 4)
  assert.equal(demand.best(part), 0)
  assert.deepEqual(demand.spanFrom(2, part, 16), { first: 2, end: 4 })
  demand.weigh([whole])
  assert.equal(demand.best(whole), 0, 'when they are gone, the order counts again')
})

test('a piece is open until it is here or somebody brings it, and open again when nobody does', () => {
  const demand = new PieceDemand(8)
  demand.take({ first: 0, end: 2 })
  demand.take({ first: 1, end: 2 })
  assert.equal(demand.coming(1), 2)
  demand.release({ first: 1, end: 2 })
  assert.equal(demand.isOpen(1), false)
  demand.release({ first: 0, end: 2 })
  assert.deepEqual([demand.isOpen(0), demand.isOpen(1), demand.open], [true, true, 8])
  demand.arrived(0)
  demand.take({ first: 0, end: 1 })
  demand.release({ first: 0, end: 1 })
  assert.deepEqual([demand.isOpen(0), demand.open, demand.best(having())], [false, 7, 1])
})
