import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { PeerId } from '#core'
import { Allowance } from './allowance.ts'

const [A, B] = ['a', 'b'] as [PeerId, PeerId]

it('lets each peer ask for so much in a second, and again in the next', () => {
  const allowance = new Allowance(10)
  assert.deepEqual([allowance.take(A, 6, 0), allowance.take(A, 6, 500), allowance.take(A, 4, 900), allowance.take(B, 10, 900)], [true, false, true, true])
  assert.deepEqual([allowance.take(A, 1, 999), allowance.take(A, 10, 1000)], [false, true])
})

it('forgets who asked longest ago, not who asks now', () => {
  const allowance = new Allowance(1)
  for (let peer = 0; peer < 3000; peer += 1) assert.equal(allowance.take(`${peer}` as PeerId, 1, 0), true)
  assert.equal(allowance.take('2999' as PeerId, 1, 0), false)
})
