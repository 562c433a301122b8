import { type Digest, digestOf, Events, GgenError, type Giver, LIMITS, type PeerId } from '#core'
import { answerBlobs, type BlobRequest, type BlobSource, streamSource } from '#bulk'
import { memoryHub, type Network } from '#network'
import { type BlobStore, memoryBlobStore } from '#store'
import { TestClock } from '#testing'
import { encodeHaveAnswer } from '#wire'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { answerHave } from './answer-have.ts'
import { enclosedSource, Enclosures } from './enclosures.ts'
import { HolderFinder } from './find-holders.ts'
import { createShelf } from './shelf.ts'
import { archiveOf, never, store } from './transfer-scene.conformance.ts'
import { Transfers } from './transfers.ts'

const [ALICE, BOB] = ['alice', 'bob'] as [PeerId, PeerId]
const digest = (n: number): Digest => digestOf(Buffer.from(`${n}`))
const request = (peer: PeerId, about: Digest, length: number): BlobRequest => ({ peer, digest: about, sizeBytes: length, offset: 0, length })

describe('enclosed blobs', () => {
  test('are given once, to whoever asks the one who enclosed them for the whole', async () => {
    const enclosures = new Enclosures()
    const prepared: PeerId[] = []
    const wire: BlobSource = {
      carrier: () => 'tls', read: async function* () { yield Buffer.from('wire') }, prepare: (peer) => void prepared.push(peer),
    }
    const source = enclosedSource(enclosures, wire)
    const read = async (wanted: BlobRequest): Promise<string> => Buffer.concat(await Array.fromAsync(source.read(wanted, never))).toString()
    enclosures.put(digest(1), ALICE, Buffer.from('here'))
    const whole = request(ALICE, digest(1), 4)
    for (const other of [request(BOB, digest(1), 4), request(ALICE, digest(2), 4), { ...whole, offset: 1 }, { ...whole, length: 3 }]) {
      assert.deepEqual([source.carrier(other.peer, other), await read(other)], ['tls', 'wire'])
    }
    assert.deepEqual([source.carrier(ALICE, whole), await read(whole)], ['stream', 'here'])
    assert.deepEqual(prepared, [ALICE], 'what comes next is worth a connection')
    assert.deepEqual([source.carrier(ALICE, whole), await read(whole)], ['tls', 'wire'])
  })

  test('that nobody reads do not fill the memory', () => {
    const enclosures = new Enclosures()
    const count = 2 * (LIMITS.enclosuresBytes / LIMITS.enclosedBlobBytes)
    const most = count / 2 - 1
    for (let n = 0; n < count; n++) enclosures.put(digest(n), ALICE, new Uint8Array(LIMITS.enclosedBlobBytes))
    enclosures.put(digest(count - 1), BOB, new Uint8Array(LIMITS.enclosedBlobBytes))
    const here = Array.from({ length: count }, (_, n) => n).filter((n) =>
      [ALICE, BOB].some((peer) => enclosures.has(peer, request(peer, digest(n), LIMITS.enclosedBlobBytes))))
    assert.deepEqual(here, Array.from({ length: most }, (_, n) => count - most + n), 'each costs a little more than its bytes')
  })
})

/** A node that fetches, over a network in memory. */
const openReader = (network: Network, clock: TestClock, blobs: BlobStore) => {
  const finder = new HolderFinder({ network, clock })
  const banned: Giver[] = []
  const transfers = new Transfers({
    sourceAmong: () => enclosedSource(finder.enclosures, streamSource({ network, clock })), blobs, clock, events: new Events(),
    findHolders: (sought, signal) => finder.find(sought, signal),
    forgetHolder: (about, peer) => finder.forget(about, peer as PeerId),
    noteHolder: (about, peer, sizeBytes) => finder.holders.add(about, peer as PeerId, { sizeBytes }),
    ban: (peer) => void banned.push(peer),
  })
  return { transfers, banned }
}

test('an enclosure of another size than what was sought is not kept', async () => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const [reader, server] = [hub.join(), hub.join()]
  hub.link(reader.self, server.self)
  const large = { held: [{ sizeBytes: 64_000 }], enclosed: new Map([[0, new Uint8Array(64_000)]]), bulk: undefined }
  server.answer('/ggen/have/1', async () => encodeHaveAnswer(large))
  const finder = new HolderFinder({ network: reader, clock })
  assert.equal((await finder.find({ digest: digest(1), sizeBytes: 9 }, never).next()).value?.sizeBytes, 64_000)
  assert.equal(finder.enclosures.has(server.self, request(server.self, digest(1), 64_000)), false)
})

test('a small blob comes with the first answer, and nothing else is asked', async () => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const [reader, server] = [hub.join(), hub.join()]
  hub.link(reader.self, server.self)
  const small = archiveOf('small', 5000)
  const [held, here] = [memoryBlobStore(), memoryBlobStore()]
  await store(held, small.content)
  answerHave({ network: server, shelf: createShelf({ blobs: held, running: () => undefined }), clock })
  server.answer('/ggen/blob/1', async () => assert.fail('the bytes were there already'))
  const { transfers } = openReader(reader, clock, here)
  const report = await transfers.fetch(small.artifact, { urgency: 'interactive', signal: never })
  assert.deepEqual(report.sources.map(({ peer, carrier, bytes }) => [peer, carrier, bytes]), [[server.self, 'stream', 5000]])
  assert.equal(await here.size(small.artifact.digest), 5000)
})

test('wrong bytes in an enclosure are a lie like any other: nothing of it counts, the liar is banned, another one gives', async () => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const [reader, liar, honest] = [hub.join(), hub.join(), hub.join()]
  for (const { self } of [liar, honest]) hub.link(reader.self, self)
  const small = archiveOf('small', 5000)
  const [held, here] = [memoryBlobStore(), memoryBlobStore()]
  await store(held, small.content)
  let isFirst = true
  liar.answer('/ggen/have/1', async () => {
    // One that has just said yes is asked first, and to enclose.
    if (!isFirst) return encodeHaveAnswer({ held: [{ sizeBytes: 5000 }], enclosed: new Map([[0, new Uint8Array(5000)]]), bulk: undefined })
    isFirst = false
    return encodeHaveAnswer({ held: [{ sizeBytes: 7 }], bulk: undefined })
  })
  liar.answer('/ggen/blob/1', async () => { throw new GgenError('too-busy', 'no') })
  const { transfers, banned } = openReader(reader, clock, here)
  await assert.rejects(transfers.fetch(archiveOf('other', 7).artifact, { urgency: 'interactive', signal: AbortSignal.timeout(500) }))
  const shelf = createShelf({ blobs: held, running: () => undefined })
  answerHave({ network: honest, shelf, clock })
  answerBlobs(honest, shelf)
  await transfers.fetch(small.artifact, { urgency: 'interactive', signal: never })
  assert.deepEqual(banned, [liar.self])
  assert.equal(await here.size(small.artifact.digest), 5000)
})
