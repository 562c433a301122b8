import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { GgenError, LIMITS, type OpId, opIdHash } from '#core'
import { WHOLE_SET } from '#store'
import { Publisher, until } from '#testing'
import { decodeFeedQuestion, encodeSnapshotAnswer, encodeSyncAnswer, type FeedQuestion, FrameWriter, SnapshotChunkWriter } from '#wire'
import { answerFeed } from './answer-feed.ts'
import { answerSync } from './answer-sync.ts'
import { bringSnapshot, type SnapshotSource } from './bring-snapshot.ts'
import { Intake } from './intake.ts'
import { Snapshots } from './snapshots.ts'
import { fill, judgeFor, never, serve, syncScene } from './sync-scene.conformance.ts'
import { syncWith } from './sync-with.ts'

const alice = new Publisher('alice')
const releases = Array.from({ length: LIMITS.snapshotFromOps + 200 }, (_, index) => alice.release(`tool-${index % 20}`, `1.${index}.0`))
const envelopes = [alice.genesis, ...releases.map(({ bytes }) => bytes)]
const few = envelopes.slice(0, 300)

suite('a session', () => {
  test('brings exactly what is missing, and once more nothing', async () => {
    const scene = syncScene()
    const { mine, theirs, parts, server } = scene
    fill(theirs, few)
    fill(mine, few.slice(0, 100))
    using _answering = serve(scene)
    assert.deepEqual(await syncWith(parts, server.self, never), { added: 200, complete: true })
    assert.deepEqual(mine.measure(WHOLE_SET), theirs.measure(WHOLE_SET))
    assert.equal(scene.added.length, 200)
    assert.deepEqual(await syncWith(parts, server.self, never), { added: 0, complete: true })
  })

  test('leaves what another one is bringing to the end, and then out if it came', async () => {
    const scene = syncScene()
    fill(scene.theirs, few)
    const { parts, server, mine } = scene
    const lists: (readonly OpId[])[] = []
    using _answering = serve(scene)
    const [early, late] = [releases.slice(0, 4), releases.slice(4, 6)]
    const network: typeof parts.network = Object.create(parts.network, {
      ask: {
        value: async (...[peer, protocol, question, signal]: Parameters<typeof parts.network.ask>) => {
          if (protocol === '/ggen/feed/1') lists.push((decodeFeedQuestion(question) as FeedQuestion & { ask: 'ops' }).ids)
          if (lists.length === 1) fill(mine, [alice.genesis, ...early.map(({ bytes }) => bytes)])
          return parts.network.ask(peer, protocol, question, signal)
        },
      },
    })
    const underway = new Set([alice.identity, ...early, ...late].map((op) => (typeof op === 'string' ? op : op.id)))
    await syncWith({ ...parts, network, underway }, server.self, never)
    assert.deepEqual(lists.map(({ length }) => length), [few.length - 7, 2])
    assert.deepEqual(new Set(lists[1]), new Set(late.map(({ id }) => id)), 'those of a session that brings them too late, or never')
    assert.deepEqual([mine.counts().ops, underway.size], [few.length, 7], 'its own are gone from the list when it ends')
  })

  test('adds what waited for a parent that another one brought', async () => {
    const scene = syncScene()
    const { mine, theirs, parts, server } = scene
    fill(theirs, few)
    using _answering = serve(scene)
    const judge: typeof parts.judge = async function* (batch, judging) {
      yield* parts.judge(batch, judging)
      if (!mine.hasOp(releases[0]!.body.roles)) fill(mine, [alice.genesis])
    }
    assert.equal((await syncWith({ ...parts, judge, underway: new Set([releases[0]!.body.roles]) }, server.self, never)).added, few.length - 1)
    assert.deepEqual(mine.measure(WHOLE_SET), theirs.measure(WHOLE_SET))
  })

  test('gives out a snapshot without what was dropped, and does not make it anew for that', async () => {
    const { theirs, blobs, clock } = syncScene()
    fill(theirs, envelopes)
    theirs.dropEnvelopes(alice.identity, 1000)
    const making: Promise<void>[] = []
    const snapshots = new Snapshots({ catalogue: theirs, blobs, clock, background: (work) => making.push(work(never)) })
    snapshots.current()
    await making[0]
    const snapshot = snapshots.current()
    assert(typeof snapshot === 'object' && snapshot.ops === envelopes.length - 1000)
    assert.equal(making.length, 1)
  })

  test('of a node that has next to nothing begins with a snapshot', async () => {
    const scene = syncScene()
    const { mine, theirs, parts, server, clock } = scene
    fill(theirs, envelopes)
    using _answering = serve(scene)
    const progress: number[] = []
    const syncing = syncWith({ ...parts, onProgress: (ops, of) => progress.push(ops / of) }, server.self, never)
    await until('the snapshot is made', () => {
      clock.advance(LIMITS.snapshotAskAgainMs)
      return mine.counts().ops > 0
    })
    assert.deepEqual(await syncing, { added: envelopes.length, complete: true })
    assert.deepEqual(mine.measure(WHOLE_SET), theirs.measure(WHOLE_SET))
    assert.equal(progress.at(-1), 1)
    assert((await scene.blobs.usage()).count > 0, 'the pieces are blobs of the one who made them')
  })

  test('goes on where a snapshot was interrupted: pieces that were taken are not read again', async () => {
    const { mine, theirs, parts, blobs, clock } = syncScene()
    fill(theirs, envelopes)
    const work: ((signal: AbortSignal) => Promise<void>)[] = []
    const snapshots = new Snapshots({ catalogue: theirs, blobs, clock, background: (making) => work.push(making) })
    assert.equal(snapshots.current(), 'later')
    for (const making of work) await making(never)
    const read: string[] = []
    const source: SnapshotSource = {
      ask: async () => snapshots.current(),
      read: async (blob) => {
        if (read.push(blob.digest) === 2) throw new Error('the cable is out')
        return blobs.read(blob.digest, { offset: 0, length: blob.sizeBytes })
      },
    }
    const bring = (): Promise<boolean> => bringSnapshot({ catalogue: mine, clock, intake: new Intake(parts) }, source, never)
    await assert.rejects(bring(), /cable/)
    assert(mine.counts().ops > 0 && mine.counts().ops < envelopes.length)
    assert.equal(await bring(), true)
    assert.deepEqual(mine.measure(WHOLE_SET), theirs.measure(WHOLE_SET))
    assert.deepEqual([read.length, new Set(read).size], [3, 2], 'only the piece that failed was read twice')
  })
})

test('pieces of a snapshot that the peer dropped are left out, and what was in them is compared', async () => {
  const scene = syncScene()
  const { mine, theirs, parts, server, blobs, clock } = scene
  fill(theirs, envelopes)
  const work: ((signal: AbortSignal) => Promise<void>)[] = []
  const snapshots = new Snapshots({ catalogue: theirs, blobs, clock, background: (making) => work.push(making) })
  snapshots.current()
  await work[0]!(never)
  using answering = new DisposableStack()
  answering.use(answerFeed(server, theirs))
  answering.use(answerSync({ network: server, catalogue: theirs, snapshots }))
  let read = 0
  const readBlob: typeof parts.readBlob = async (...asked) => {
    read += 1
    if (read === 1) throw new GgenError('blob-not-found', 'it was dropped')
    return parts.readBlob(...asked)
  }
  assert.equal((await syncWith({ ...parts, readBlob }, server.self, never)).added, envelopes.length)
  assert.deepEqual([mine.measure(WHOLE_SET), read], [theirs.measure(WHOLE_SET), 2])
})

suite('a peer that lies', () => {
  const lying = (chunk: Uint8Array, ops: number): Parameters<typeof encodeSnapshotAnswer>[0] & object =>
    ({ ops, chunks: [{ digest: releases[0]!.body.artifact.digest, sizeBytes: chunk.length, ops }] })

  test('in a snapshot is refused, and what was right stays', async () => {
    const writer = new SnapshotChunkWriter()
    for (const envelope of [...few.slice(0, 100), alice.genesis.toReversed(), ...few.slice(100, 150)]) writer.add(envelope)
    const { mine, parts, server, blobs } = syncScene()
    await using blob = await blobs.create()
    await blob.append(writer.bytes())
    const digest = await blob.seal()
    using _answering = server.answer('/ggen/sync/1', async (question) =>
      question.includes(0x72) && Buffer.from(question).includes('reconcile')
        ? encodeSyncAnswer({ frame: Uint8Array.of(0x61), ops: 1_000_000 })
        : encodeSnapshotAnswer({ ops: 151, chunks: [{ digest, sizeBytes: blob.sizeBytes, ops: 151 }] }))
    await assert.rejects(syncWith(parts, server.self, never), { code: 'op-invalid' })
    assert.equal(mine.counts().ops, 150)
    assert(!mine.isTaken(digest))
  })

  test('about the bytes of a piece, or sends a bomb, is refused', async () => {
    for (const [bytes, code] of [[Buffer.from('other bytes'), 'integrity']] as const) {
      const { parts, server } = syncScene()
      using _answering = server.answer('/ggen/sync/1', async (question) =>
        Buffer.from(question).includes('reconcile') ? encodeSyncAnswer({ frame: Uint8Array.of(0x61), ops: 1e9 }) : encodeSnapshotAnswer(lying(bytes, 10)))
      await assert.rejects(syncWith({ ...parts, readBlob: async () => bytes }, server.self, never), { code })
    }
  })

  test('about ranges without end is left after a bounded number of rounds', async () => {
    const { mine, parts, server } = syncScene()
    fill(mine, few)
    let asked = 0
    using _answering = server.answer('/ggen/sync/1', async () => {
      asked += 1
      const writer = new FrameWriter()
      writer.add({ to: WHOLE_SET.to, says: 'fingerprint', fingerprint: opIdHash(releases[asked]!.id).subarray(0, 16) })
      return encodeSyncAnswer({ frame: writer.bytes(), ops: 400 })
    })
    assert.deepEqual(await syncWith(parts, server.self, never), { added: 0, complete: false })
    assert.equal(asked, LIMITS.syncRounds)
  })

  test('about a part that does not exist, or asks for one, gets a typed error', async () => {
    const scene = syncScene()
    using _answering = serve(scene)
    const question = Buffer.from('a36171697265636f6e63696c65657368617264056566', 'hex')
    await assert.rejects(scene.parts.network.ask(scene.server.self, '/ggen/sync/1', question, never), { code: 'frame-invalid' })
  })
})

test('ops are taken in whatever order they come', async () => {
  const some = few.slice(0, 21)
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(some, { minLength: some.length }), fc.integer({ min: 1, max: 21 }), async (order, size) => {
      const { mine } = syncScene()
      const judge = judgeFor(mine)
      const intake = new Intake({ judge: async function* (batch) { yield batch.map(judge) }, onAdded: () => undefined })
      for (let at = 0; at < order.length; at += size) await intake.take(order.slice(at, at + size), { signal: never })
      assert.equal(intake.added, some.length)
    }),
    { numRuns: 30 },
  )
})

