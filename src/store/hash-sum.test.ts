import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addTo, EMPTY_SUM, sumOf } from './hash-sum.ts'

const MODULUS = 2n ** 256n
const hash = fc.oneof(
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
  fc.constantFrom(new Uint8Array(32), new Uint8Array(32).fill(0xff), Uint8Array.from({ length: 32 }, (_, at) => (at < 16 ? 0xff : 0))),
)
const hashes = fc.array(hash, { maxLength: 20 })

/** Little-endian. */
const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)

test('sums are those of numbers of 256 bits', () => {
  fc.assert(fc.property(hashes, (all) => {
    assert.equal(numberOf(sumOf(all)), all.reduce((sum, each) => sum + numberOf(each), 0n) % MODULUS)
  }))
})

test('only the sum changes, and never the empty one', () => {
  const one = new Uint8Array(32).fill(0xff)
  const sum = sumOf([one])
  addTo(sum, one)
  assert.deepEqual([one, EMPTY_SUM], [new Uint8Array(32).fill(0xff), new Uint8Array(32)])
})
