import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setIn, UndoLog } from './undo-log.ts'

test('a failed transaction takes its changes back, newest first', () => {
  const log = new UndoLog()
  const map = new Map([['kept', 1], ['changed', 2], ['removed', 3]])
  assert.throws(() => log.transact(() => {
    setIn(log, map, { key: 'changed', value: 20 })
    setIn(log, map, { key: 'changed', value: 200 })
    setIn(log, map, { key: 'removed', value: undefined })
    setIn(log, map, { key: 'new', value: 4 })
    throw new RangeError('no')
  }), RangeError)
  assert.deepEqual(Object.fromEntries(map), { kept: 1, changed: 2, removed: 3 })
})

test('an inner failure takes back the inner changes alone', () => {
  const log = new UndoLog()
  const map = new Map<string, number>()
  log.transact(() => {
    setIn(log, map, { key: 'outer', value: 1 })
    assert.throws(() => log.transact(() => {
      setIn(log, map, { key: 'inner', value: 2 })
      throw new RangeError('no')
    }), RangeError)
  })
  assert.deepEqual([...map], [['outer', 1]])
})

test('nothing is remembered after a transaction, nor outside of one', () => {
  const log = new UndoLog()
  const map = new Map<string, number>()
  log.transact(() => setIn(log, map, { key: 'first', value: 1 }))
  setIn(log, map, { key: 'second', value: 2 })
  assert.throws(() => log.transact(() => {
    throw new RangeError('no')
  }), RangeError)
  assert.equal(map.size, 2)
})
