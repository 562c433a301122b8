import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { slipBetween } from './slip-between.ts'

test('one slip is told with its letters, and whether it is at the end', () => {
  assert.deepEqual(slipBetween('lodashs', 'lodash'), { kind: 'more', wrong: 's', right: '', isLast: true })
  assert.deepEqual(slipBetween('lodsh', 'lodash'), { kind: 'less', wrong: '', right: 'a', isLast: false })
  assert.deepEqual(slipBetween('lodush', 'lodash'), { kind: 'other', wrong: 'u', right: 'a', isLast: false })
  assert.deepEqual(slipBetween('lodahs', 'lodash'), { kind: 'swap', wrong: 'hs', right: 'sh', isLast: true })
  assert.equal(slipBetween('expresss', 'express')?.kind, 'more')
})

test('equal texts and two slips are none', () => {
  for (const [a, b] of [['lodash', 'lodash'], ['', ''], ['loadsh', 'lodas'], ['abcd', 'badc'], ['lodash', 'ladosh'], ['aab', 'b']] as const) {
    assert.equal(slipBetween(a, b), undefined, `${a} ${b}`)
  }
})

test('every slip that is made is found, both ways', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 })
  fc.assert(fc.property(letters, letters, fc.constantFrom('a', 'b', 'c'), (head, tail, letter) => {
    const [without, having] = [head + tail, head + letter + tail]
    assert.equal(slipBetween(having, without)?.kind, 'more')
    assert.equal(slipBetween(without, having)?.kind, 'less')
    assert.equal(slipBetween(`${head}x${tail}`, having)?.kind, 'other')
    assert.equal(slipBetween(`${head}x${letter}${tail}`, `${head}${letter}x${tail}`)?.kind, 'swap')
  }))
})
