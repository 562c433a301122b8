import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryHub } from '#network'
import { memoryCatalogue } from '#store'
import { openOp } from '#trust'
import { Publisher, TestClock, until } from '#testing'
import { answerFeed } from './answer-feed.ts'
import { awaitCopies } from './await-copies.ts'
import { never } from './sync-scene.conformance.ts'

const scene = () => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const asker = hub.join()
  const peers = ['one', 'two'].map(() => {
    const network = hub.join()
    const catalogue = memoryCatalogue()
    hub.link(asker.self, network.self)
    answerFeed(network, catalogue)
    return { network, catalogue }
  })
  const alice = new Publisher('alice')
  const ops = [openOp(alice.genesis), alice.release('tool', '1.0.0')]
  return { clock, hub, asker, peers, ops, ids: ops.map(({ id }) => id) }
}

test('whoever holds all of the ops counts, and whoever lacks one does not', async () => {
  const { clock, asker, peers, ops, ids } = scene()
  for (const op of ops) peers[0]?.catalogue.putOp(op)
  if (ops[0] !== undefined) peers[1]?.catalogue.putOp(ops[0])
  assert.deepEqual(await awaitCopies({ network: asker, clock }, ids, { copies: 1, waitMs: 1000, signal: never }), [peers[0]?.network.self])
})

test('it waits for copies that are on their way, and no longer than it should', async () => {
  const { clock, asker, peers, ops, ids } = scene()
  const waiting = awaitCopies({ network: asker, clock }, ids, { copies: 2, waitMs: 1000, signal: never })
  for (const op of ops) for (const { catalogue } of peers) catalogue.putOp(op)
  let found: readonly string[] | undefined
  void waiting.then((holders) => (found = holders))
  await until('both were asked again', () => (clock.advance(100), found !== undefined))
  assert.equal(found?.length, 2)

  let ended: readonly string[] | undefined
  void awaitCopies({ network: asker, clock }, ids, { copies: 3, waitMs: 1000, signal: never }).then((holders) => (ended = holders))
  await until('the time is over', () => (clock.advance(100), ended !== undefined))
  assert.equal(ended?.length, 2, 'those that do are named')
})

test('a peer that leaves or does not answer is none that holds them, and an abort ends it', async () => {
  const { clock, hub, asker, peers, ids } = scene()
  if (peers[0] !== undefined) hub.crash(peers[0].network.self)
  const controller = new AbortController()
  const waiting = awaitCopies({ network: asker, clock }, ids, { copies: 1, waitMs: 1000, signal: controller.signal })
  controller.abort(new Error('enough'))
  await assert.rejects(waiting, /enough/)
})
