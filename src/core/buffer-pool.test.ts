import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BufferPool } from './buffer-pool.ts'

const LOT_BYTES = 4096
const MOST = 64

describe('lots', () => {
  test('are used again when they were given back whole, each once', () => {
    const pool = new BufferPool(LOT_BYTES, MOST)
    const first = pool.take(LOT_BYTES)
    pool.give(first)
    const [second, third] = [pool.take(LOT_BYTES), pool.take(LOT_BYTES)]
    assert.equal(second.buffer, first.buffer)
    assert.notEqual(third.buffer, first.buffer)
  })

  test('are not made of parts, of other sizes or of shared memory', () => {
    const pool = new BufferPool(LOT_BYTES, MOST)
    const odd = [
      pool.take(LOT_BYTES).subarray(1), pool.take(LOT_BYTES).subarray(0, 10), pool.take(100), new Uint8Array(2 * LOT_BYTES).subarray(0, LOT_BYTES),
      new Uint8Array(new SharedArrayBuffer(LOT_BYTES)),
    ]
    for (const chunk of odd) pool.give(chunk)
    const taken = pool.take(LOT_BYTES)
    assert.ok(odd.every(({ buffer }) => buffer !== taken.buffer))
  })

  test('are kept in bounded number', () => {
    const pool = new BufferPool(LOT_BYTES, MOST)
    const all = Array.from({ length: 200 }, () => pool.take(LOT_BYTES))
    for (const lot of all) pool.give(lot)
    const again = new Set(Array.from({ length: 200 }, () => pool.take(LOT_BYTES).buffer))
    assert.equal(all.filter(({ buffer }) => again.has(buffer as ArrayBuffer)).length, MOST)
  })
})
