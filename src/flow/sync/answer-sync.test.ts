import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from '#core'
import { Publisher } from '#testing'
import { decodeFrame, decodeSnapshotAnswer, decodeSyncAnswer, encodeSyncQuestion, type SyncQuestion } from '#wire'
import { answerFeed } from './answer-feed.ts'
import { answerSync, WHOLE_SHARD } from './answer-sync.ts'
import { openSession } from './reconcile.ts'
import { syncWith } from './sync-with.ts'
import { Snapshots } from './snapshots.ts'
import { fill, never, serve, syncScene } from './sync-scene.conformance.ts'

const alice = new Publisher('alice')
const ops = [alice.genesis, ...Array.from({ length: 50 }, (_, index) => alice.release('tool', `1.${index}.0`).bytes)]

const asking = (scene: ReturnType<typeof syncScene>) => (question: SyncQuestion): Promise<Uint8Array> =>
  scene.parts.network.ask(scene.server.self, '/ggen/sync/1', encodeSyncQuestion(question), never)

test('a frame is answered out of the catalogue as it is, with the number of ops', async () => {
  const scene = syncScene()
  using _answering = serve(scene)
  const ask = asking(scene)
  const frame = openSession(scene.mine)
  const about = async (): Promise<readonly unknown[]> => {
    const answer = decodeSyncAnswer(await ask({ ask: 'reconcile', shard: WHOLE_SHARD, frame }))
    return [answer.ops, decodeFrame(answer.frame)?.flatMap((range) => (range.says === 'hashes' ? range.hashes : [])).length]
  }
  assert.deepEqual(await about(), [0, 0])
  fill(scene.theirs, ops)
  assert.deepEqual(await about(), [51, 51])
})

test('a catalogue that is small has no snapshot; a large one has it when it is made', async () => {
  const scene = syncScene()
  const work: ((signal: AbortSignal) => Promise<void>)[] = []
  const { server, theirs, blobs, clock } = scene
  const snapshots = new Snapshots({ catalogue: theirs, blobs, clock, background: (making) => work.push(making) })
  using _answering = answerSync({ network: server, catalogue: theirs, snapshots })
  const ask = async (): Promise<unknown> => decodeSnapshotAnswer(await asking(scene)({ ask: 'snapshot', shard: WHOLE_SHARD }))
  assert.equal(await ask(), 'none')
  const many = Array.from({ length: LIMITS.snapshotFromOps }, (_, index) => alice.release(`many-${index % 40}`, `1.${index}.0`).bytes)
  fill(theirs, [alice.genesis, ...many])
  assert.deepEqual([await ask(), await ask(), work.length], ['later', 'later', 1], 'it is made once')
  await work[0]!(never)
  assert.deepEqual((await ask() as { ops: number }).ops, many.length + 1)
  assert.equal(work.length, 1)
})

test('who is asked hears of a peer that has more, and of no other', async () => {
  for (const size of [3, 51]) {
    const scene = syncScene()
    const { server, theirs, mine, parts, blobs, clock } = scene
    const offers: unknown[] = []
    const snapshots = new Snapshots({ catalogue: theirs, blobs, clock, background: () => undefined })
    using _feeding = answerFeed(server, theirs)
    using _answering = answerSync({ network: server, catalogue: theirs, snapshots, onOffer: (peer) => offers.push(peer) })
    fill(theirs, ops.slice(0, size))
    fill(mine, ops.slice(0, size - 1))
    await syncWith(parts, server.self, never)
    assert.deepEqual([mine.counts().ops, offers], [size, []])
    mine.putOp(alice.release('other', '1.0.0'))
    await syncWith(parts, server.self, never)
    assert(offers.length > 0 && offers.every((peer) => peer === parts.network.self))
  }
})

test('a part of the catalogue that does not exist, and what is no frame, is malformed', async () => {
  const scene = syncScene()
  using _answering = serve(scene)
  const ask = asking(scene)
  const frame = openSession(scene.mine)
  for (const question of [
    { ask: 'reconcile', shard: 1, frame }, { ask: 'snapshot', shard: 1 }, { ask: 'reconcile', shard: WHOLE_SHARD, frame: Uint8Array.of(0x61, 1) },
  ] as const) await assert.rejects(ask(question), { code: 'frame-invalid' })
})
