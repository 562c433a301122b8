import { LIMITS, type PeerId } from '#core'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DigestAllowances } from './digest-allowances.ts'

const MOST = LIMITS.haveDigestsPerSecond
const peer = (n: number): PeerId => `peer${n}` as PeerId

test('a peer may ask for so many at once and so many in every second, each for itself', () => {
  const allowances = new DigestAllowances()
  assert.ok(allowances.take(peer(1), MOST, 0))
  assert.ok(!allowances.take(peer(1), 1, 0))
  assert.ok(allowances.take(peer(2), MOST, 0))
  assert.ok(!allowances.take(peer(1), MOST / 2 + 1, 500), 'what is refused costs nothing')
  assert.ok(allowances.take(peer(1), MOST / 2, 500))
  assert.ok(!allowances.take(peer(1), 1, 500))
})

test('patience is not saved up', () => {
  const allowances = new DigestAllowances()
  assert.ok(allowances.take(peer(1), 1, 0))
  assert.ok(!allowances.take(peer(1), MOST + 1, 3_600_000))
  assert.ok(allowances.take(peer(1), MOST, 3_600_000))
})

test('who asked longest ago is forgotten first', () => {
  const allowances = new DigestAllowances()
  for (const n of [1, 2, 1]) allowances.take(peer(n), n === 1 ? MOST / 2 : MOST, 0)
  for (let n = 0; n < 1023; n++) allowances.take(peer(10 + n), 1, 0)
  assert.ok(!allowances.take(peer(1), 1, 0), 'it asked again since')
  assert.ok(allowances.take(peer(2), MOST, 0))
})
