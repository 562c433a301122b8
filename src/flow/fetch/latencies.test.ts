import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Latencies } from './latencies.ts'

const of = (...ms: readonly number[]): Latencies => {
  const latencies = new Latencies()
  for (const one of ms) latencies.note(one)
  return latencies
}

test('85 of 100 answers came within the p85', () => {
  assert.equal(of(...Array.from({ length: 100 }, (_, index) => 100 - index)).p85(0, 1000), 85)
  assert.equal(of(7).p85(0, 1000), 7)
  assert.equal(of(1, 2, 3, 400).p85(0, 1000), 400)
})

test('what is usual stays within its bounds, and is the longest before anything was seen', () => {
  assert.equal(of().p85(20, 50), 50)
  fc.assert(fc.property(fc.array(fc.nat(10_000)), (ms) => {
    const usual = of(...ms).p85(20, 50)
    assert.ok(usual >= 20 && usual <= 50)
  }))
})

test('only the last 128 answers count', () => {
  const latencies = of(...Array<number>(500).fill(900))
  for (let count = 0; count < 128; count++) latencies.note(3)
  assert.equal(latencies.p85(0, 1000), 3)
})
