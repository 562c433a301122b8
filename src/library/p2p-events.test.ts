import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GgenEvent, IdentityId, OpSource, PackageName, PeerId, Version } from '#core'
import { p2pEventsOf } from './p2p-events.ts'

const typesOf = (event: GgenEvent): readonly string[] => p2pEventsOf(event).map(({ type }) => type)

test('each event of a node is told by the name that programs know', () => {
  const peer = 'p' as PeerId
  const of = { name: 'a' as PackageName, version: '1.0.0' as Version, identity: 'i' as IdentityId }
  const release = (source: OpSource): GgenEvent => ({ type: 'release-added', ...of, source })
  assert.deepEqual(p2pEventsOf({ type: 'peer-connected', peer, address: undefined }), [{ type: 'PeerConnected', peer }])
  assert.deepEqual(typesOf({ type: 'peer-disconnected', peer }), ['PeerDisconnected'])
  assert.deepEqual(typesOf(release('gossip')), ['GossipReceived', 'PackageAnnounced'])
  assert.deepEqual(p2pEventsOf(release('sync')), [{ type: 'PackageAnnounced', ...of, source: 'sync' }])
  assert.deepEqual(typesOf({ type: 'status-changed', ...of, state: 'yanked', source: 'gossip' }), ['GossipReceived'])
  assert.deepEqual(typesOf({ type: 'status-changed', ...of, state: 'yanked', source: 'own' }), [])
  assert.deepEqual(typesOf({ type: 'synced', peer, added: 1, durationMs: 1 }), [])
})
