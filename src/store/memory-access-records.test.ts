import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePeerId } from '#core'
import { MemoryAccessRecords } from './memory-access-records.ts'
import { UndoLog } from './undo-log.ts'

const PEER = parsePeerId('12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN')

test('what is put in a transaction of the log it was given is taken back with it', () => {
  const undo = new UndoLog()
  const records = new MemoryAccessRecords(undo, () => undefined)
  records.putAllowedPeer({ peer: PEER, since: 1 })
  assert.throws(() => undo.transact(() => {
    records.removeAllowedPeer(PEER)
    throw new RangeError('no')
  }), RangeError)
  assert.deepEqual(records.allowedPeers(), [{ peer: PEER, since: 1 }])
})

test('it asks whether it is open before everything', () => {
  const records = new MemoryAccessRecords(new UndoLog(), () => {
    throw new RangeError('closed')
  })
  for (const attempt of [() => records.bans(), () => records.allowedPeers(), () => records.removeBan(PEER)]) assert.throws(attempt, RangeError)
})
