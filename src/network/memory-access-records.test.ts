import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Ban, parseBanSubject, parsePeerId } from '#core'
import { memoryAccessRecords } from './memory-access-records.ts'

const PEER = parsePeerId('12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN')
const ban = (subject: string, count: number): Ban => ({ subject: parseBanSubject(subject), reason: 'a lie', by: 'node', since: 5, forMs: 10, count })

test('records keep the last word about each, the newest last', () => {
  const records = memoryAccessRecords()
  for (const kept of [ban(PEER, 1), ban('192.0.2.7', 1), ban(PEER, 2)]) records.putBan(kept)
  assert.deepEqual(records.bans(), [ban('192.0.2.7', 1), ban(PEER, 2)])
  records.removeBan(PEER)
  records.removeBan(PEER)
  assert.deepEqual(records.bans(), [ban('192.0.2.7', 1)])
  for (const since of [1, 2]) records.putAllowedPeer({ peer: PEER, since })
  assert.deepEqual(records.allowedPeers(), [{ peer: PEER, since: 2 }])
  records.removeAllowedPeer(PEER)
  assert.deepEqual(records.allowedPeers(), [])
})
