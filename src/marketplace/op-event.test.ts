import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GgenEvent, Op } from '#core'
import { announceOps } from '#flow/announce'
import { answerFeed, answerSync, Snapshots } from '#flow/sync'
import { memoryHub } from '#network'
import { memoryBlobStore, memoryCatalogue } from '#store'
import { openOp } from '#trust'
import { openMarketplace, Publisher, TestClock, until } from '#testing'
import { opEvent } from './op-event.ts'

const alice = new Publisher('alice')
const release = alice.release('tool', '1.0.0')
const yank = alice.status('tool', '1.0.0', { state: 'yanked', why: 'loses data' })
const OPS: readonly Op[] = [openOp(alice.genesis), release, yank]
const ADDED = { type: 'release-added', name: release.body.name, version: release.body.version, identity: alice.identity } as const
const CHANGED = { type: 'status-changed', name: release.body.name, version: release.body.version, state: 'yanked', identity: alice.identity } as const

const told = (events: readonly GgenEvent[]): readonly GgenEvent[] => events.filter(({ type }) => type === 'release-added' || type === 'status-changed')

test('a release is added, and a status changes what is said of one version or of all', () => {
  assert.deepEqual(opEvent(release, 'own'), { ...ADDED, source: 'own' })
  assert.deepEqual(opEvent(yank, 'search'), { ...CHANGED, why: 'loses data', source: 'search' })
  assert.deepEqual(opEvent(alice.status('tool', '*', { state: 'deprecated' }), 'sync'), { ...CHANGED, version: '*', state: 'deprecated', source: 'sync' })
})

test('a node tells of both, whether they come by gossip or by sync', async () => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const peer = hub.join()
  await using heard = await openMarketplace({ hub, clock })
  hub.link(peer.self, heard.network.self)
  await announceOps(peer, OPS)
  await until('both are heard', () => told(heard.events).length === 2)
  assert.deepEqual(told(heard.events), [{ ...ADDED, source: 'gossip' }, { ...CHANGED, why: 'loses data', source: 'gossip' }])

  await using synced = await openMarketplace({ hub, clock })
  const other = hub.join()
  using catalogue = memoryCatalogue()
  for (const op of OPS) catalogue.putOp(op)
  const snapshots = new Snapshots({ catalogue, blobs: memoryBlobStore(), clock, background: () => assert.fail('there is too little for a snapshot') })
  using _answering = answerFeed(other, catalogue)
  using _comparing = answerSync({ network: other, catalogue, snapshots })
  hub.link(other.self, synced.network.self)
  await until('both are synced', () => told(synced.events).length === 2)
  assert.deepEqual(told(synced.events).map((event) => 'source' in event && event.source), ['sync', 'sync'])
})
