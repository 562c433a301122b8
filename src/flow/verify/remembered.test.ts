import assert from 'node:assert/strict'
import test from 'node:test'
import { Remembered } from './remembered.ts'

const keysOf = (remembered: Remembered<string, number>): string => [...remembered.keys()].join('')

test('what was used last stays, as much as has room', () => {
  const remembered = new Remembered<string, number>(10)
  remembered.set('a', 1, 4)
  remembered.set('b', 2, 4)
  assert.deepEqual([remembered.get('a'), remembered.get('x')], [1, undefined])
  remembered.set('c', 3, 2)
  assert.equal(keysOf(remembered), 'bac')
  remembered.set('d', 4, 1)
  assert.equal(keysOf(remembered), 'acd')
  remembered.set('a', 5, 1)
  assert.deepEqual([keysOf(remembered), remembered.get('a')], ['cda', 5])
})

test('what becomes heavier pushes out the others, and goes when it has no room alone', () => {
  const remembered = new Remembered<string, number>(10)
  for (const key of ['a', 'b', 'c']) remembered.set(key, 1, 3)
  remembered.grow('c', 3)
  assert.equal(keysOf(remembered), 'bc')
  remembered.grow('c', 5)
  assert.equal(keysOf(remembered), 'b', 'the others need not make room for what cannot stay')
  remembered.set('d', 1, 11)
  remembered.grow('x', 100)
  assert.equal(keysOf(remembered), 'b')
  remembered.set('e', 1, 7)
  assert.equal(keysOf(remembered), 'be', 'nothing is counted of what is gone')
})

test('forgets what it is told to', () => {
  const remembered = new Remembered<string, number>(10)
  for (const key of ['a', 'b', 'c']) remembered.set(key, 1, 3)
  remembered.delete('b')
  remembered.delete('x')
  assert.equal(keysOf(remembered), 'ac')
  remembered.clear()
  for (const key of ['d', 'e', 'f']) remembered.set(key, 1, 3)
  assert.equal(keysOf(remembered), 'def')
})
