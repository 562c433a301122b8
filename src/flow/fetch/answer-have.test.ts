import { type Digest, digestOf, GgenError, LIMITS, PieceSet } from '#core'
import type { BlobShelf, BulkOffer, ShelvedBlob } from '#bulk'
import { memoryHub } from '#network'
import { TestClock, until } from '#testing'
import { decodeHaveAnswer, encodeHaveQuestion, type HaveAnswer } from '#wire'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerHave } from './answer-have.ts'

const never = new AbortController().signal
const digest = (n: number): Digest => digestOf(Buffer.from(`${n}`))

type Look = BlobShelf['look']

const nothing: BlobShelf['read'] = () => assert.fail('nothing was to be read')

const scene = (look: Look, offer?: (to: string) => BulkOffer | undefined, read: BlobShelf['read'] = nothing) => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const [asker, server] = [hub.join(), hub.join()]
  hub.link(asker.self, server.self)
  const answering = answerHave({ network: server, shelf: { look, read }, clock, ...(offer && { bulk: { offer } }) })
  const ask = async (digests: readonly Digest[], signal = never): Promise<HaveAnswer> =>
    decodeHaveAnswer(await asker.ask(server.self, '/ggen/have/1', encodeHaveQuestion({ digests, enclose: 0 }), signal), digests.length)
  return { clock, hub, asker, server, ask, answering }
}

test('says of each blob what can be had of it', async () => {
  const pieces = new PieceSet(3)
  pieces.add(1)
  const shelf = new Map<Digest, ShelvedBlob>([[digest(1), { sizeBytes: 5 }], [digest(3), { sizeBytes: 3 * LIMITS.pieceBytes, pieces }]])
  const { ask } = scene(async (one) => shelf.get(one))
  const { held, bulk } = await ask([1, 2, 3].map(digest))
  assert.deepEqual([held[0], held[1], held[2]?.pieces?.has(1), held[2]?.pieces?.size, bulk], [{ sizeBytes: 5 }, undefined, true, 1, undefined])
})

test('encloses whole small blobs, as many as are wanted and as there is room for', async () => {
  const sizes = [5, LIMITS.enclosedBlobBytes, LIMITS.enclosedBlobBytes + 1, 0, 7]
  const shelf = new Map<Digest, ShelvedBlob>(sizes.map((sizeBytes, n) => [digest(n), { sizeBytes }]))
  const pieces = new PieceSet(2)
  pieces.add(0)
  shelf.set(digest(5), { sizeBytes: LIMITS.pieceBytes + 9, pieces })
  const read: BlobShelf['read'] = async function* (about) {
    if (about === digest(4)) throw new GgenError('blob-not-found', 'dropped just now')
    yield new Uint8Array(shelf.get(about)?.sizeBytes ?? 0)
  }
  const { asker, server } = scene(async (one) => shelf.get(one), undefined, read)
  const ask = async (digests: readonly Digest[], enclose: number): Promise<readonly (readonly [number, number])[]> => {
    const answer = await asker.ask(server.self, '/ggen/have/1', encodeHaveQuestion({ digests, enclose }), never)
    return [...(decodeHaveAnswer(answer, digests.length, enclose).enclosed ?? [])].map(([index, bytes]) => [index, bytes.length])
  }
  assert.deepEqual(await ask([0, 1, 2, 3, 4, 5, 6].map(digest), 7), [[0, 5], [1, LIMITS.enclosedBlobBytes]])
  assert.deepEqual(await ask([0, 1].map(digest), 1), [[0, 5]])
  const many = LIMITS.enclosedBytes / LIMITS.enclosedBlobBytes
  assert.equal((await ask(Array.from({ length: 2 * many }, () => digest(1)), 2 * many)).length, many)
})

test('waits for its turn before it sends what it encloses', async () => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const [asker, server] = [hub.join(), hub.join()]
  hub.link(asker.self, server.self)
  const turns: unknown[] = []
  const shelf: Pick<BlobShelf, 'look' | 'read'> = { look: async () => ({ sizeBytes: 5 }), read: async function* () { yield new Uint8Array(5) } }
  answerHave({ network: server, shelf, clock, pace: async (peer, bytes) => void turns.push([peer, bytes]) })
  for (const enclose of [0, 1]) await asker.ask(server.self, '/ggen/have/1', encodeHaveQuestion({ digests: [digest(1), digest(2)], enclose }), never)
  assert.deepEqual(turns, [[asker.self, 5]])
})

test('offers the bulk channel to the one who asks, where there is one, also when nothing is asked for', async () => {
  const { ask, asker } = scene(async () => undefined, (to) => ({ port: 4002, ticket: Buffer.from(to.slice(-8)), validMs: 1000 }))
  for (const digests of [[], [digest(1)]]) {
    const { bulk } = await ask(digests)
    assert.deepEqual([bulk?.port, bulk && Buffer.from(bulk.ticket).toString(), bulk?.validMs], [4002, asker.self.slice(-8), 1000])
  }
  assert.equal((await scene(async () => undefined, () => undefined).ask([])).bulk, undefined)
})

test('looks for the largest question a few at a time, so that others are served between', async () => {
  let [open, most] = [0, 0]
  const { ask } = scene(async () => {
    most = Math.max(most, ++open)
    await new Promise(setImmediate)
    open -= 1
    return { sizeBytes: 1 }
  })
  const digests = Array.from({ length: LIMITS.haveDigests }, (_, n) => digest(n))
  assert.ok((await ask(digests)).held.every((held) => held?.sizeBytes === 1))
  assert.equal(most, 4)
})

test('stops looking when the asker has left', async () => {
  const gate = Promise.withResolvers<void>()
  let looked = 0
  const { ask } = scene(async () => {
    looked += 1
    await gate.promise
    return undefined
  })
  const leaving = new AbortController()
  const asking = assert.rejects(ask(Array.from({ length: 100 }, (_, n) => digest(n)), leaving.signal))
  await until('it looks', () => looked === 4)
  leaving.abort()
  gate.resolve()
  await asking
  await new Promise(setImmediate)
  assert.equal(looked, 4)
})

test('is too busy for a peer that asks for too many in a second, without looking for any, and answers the others', async () => {
  let looked = 0
  const { ask, clock, hub, server } = scene(async () => {
    looked += 1
    return undefined
  })
  const largest = Array.from({ length: LIMITS.haveDigests }, (_, n) => digest(n))
  while (looked < LIMITS.haveDigestsPerSecond) await ask(largest)
  await assert.rejects(ask(largest), { code: 'too-busy' })
  assert.equal(looked, LIMITS.haveDigestsPerSecond)
  const other = hub.join()
  hub.link(other.self, server.self)
  await other.ask(server.self, '/ggen/have/1', encodeHaveQuestion({ digests: largest, enclose: 0 }), never)
  clock.advance(1000)
  await ask(largest)
  assert.equal(looked, LIMITS.haveDigestsPerSecond + 2 * LIMITS.haveDigests)
})

test('refuses what is no question, fails quietly with a broken disk, and ends when it is told to', async () => {
  const { ask, asker, server, answering } = scene(async () => { throw new GgenError('store-broken', 'no disk') })
  await assert.rejects(asker.ask(server.self, '/ggen/have/1', Buffer.from('nonsense'), never), { code: 'frame-invalid' })
  await assert.rejects(ask([digest(1)]), { code: 'peer-unreachable' })
  answering[Symbol.dispose]()
  await assert.rejects(ask([]), { code: 'peer-unreachable' })
})
