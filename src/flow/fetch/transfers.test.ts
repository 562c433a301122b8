import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Artifact, GgenError, type GgenEvent, LIMITS, type Urgency } from '#core'
import { type BlobStore, memoryBlobStore, type PartialBlob } from '#store'
import { until } from '#testing'
import { setOf } from './schedule-simulator.conformance.ts'
import { archiveOf, breaksAfter, lies, never, sha512Of, store, TransferScene, waitsFor } from './transfer-scene.conformance.ts'

const MIB = LIMITS.pieceBytes
const small = archiveOf('small', 8000)
/** Five pieces and a bit. */
const large = archiveOf('large', 5 * MIB + 123)

/** A store whose partial blobs are changed. */
const storeWith = (change: (partial: PartialBlob) => Partial<PartialBlob>, blobs = memoryBlobStore()): BlobStore => ({
  size: (digest) => blobs.size(digest),
  read: (digest, range) => blobs.read(digest, range),
  stream: (digest, options) => blobs.stream(digest, options),
  create: () => blobs.create(),
  usage: () => blobs.usage(),
  hasPartial: (digest) => blobs.hasPartial(digest),
  [Symbol.asyncDispose]: async () => await blobs[Symbol.asyncDispose](),
  partial: async (digest, sizeBytes) => {
    const partial = await blobs.partial(digest, sizeBytes)
    const { isResumed } = partial
    return {
      digest, sizeBytes, isResumed,
      read: (range) => partial.read(range),
      write: (offset, chunks) => partial.write(offset, chunks),
      confirm: (offset, bytes) => partial.confirm(offset, bytes),
      seal: (sha512) => partial.seal(sha512),
      discard: () => partial.discard(),
      [Symbol.asyncDispose]: async () => await partial[Symbol.asyncDispose](),
      ...change(partial),
    }
  },
})

const ofType = <T extends GgenEvent['type']>(events: readonly GgenEvent[], type: T): Extract<GgenEvent, { readonly type: T }>[] =>
  events.filter((event): event is Extract<GgenEvent, { readonly type: T }> => event.type === type)

describe('a transfer', () => {
  test('of a small blob is one request, one write and a seal, and the second time nothing', async () => {
    const writes: number[] = []
    await using scene = new TransferScene({ blobs: storeWith((partial) => ({ write: (at, chunks) => (writes.push(at), partial.write(at, chunks)) })) })
    const peer = await scene.holder(small)
    const report = await scene.fetch(small)
    assert.deepEqual(report.sources, [{ peer, carrier: 'memory', bytes: 8000, ranges: [[0, 8000]], bytesPerSecond: 8_000_000 }])
    assert.deepEqual([report.resumedBytes, report.wastedBytes, writes], [0, 0, [0]])
    assert.ok(await scene.has(small))
    const again = await scene.fetch(small)
    assert.deepEqual(again, { sources: [], resumedBytes: 8000, wastedBytes: 0, durationMs: 0 })
    assert.equal(scene.requests.length, 1)
    assert.deepEqual(ofType(scene.events, 'blob-fetched').map(({ digest, peers }) => [digest, peers]), [[small.artifact.digest, 1]])
  })

  test('of a large blob takes pieces from all holders, each once, and stores the list of pieces too', async () => {
    await using scene = new TransferScene()
    const big = archiveOf('big', 24 * MIB + 5)
    const peers = [await scene.holder(big), await scene.holder(big), await scene.holder(big)]
    const { sources, wastedBytes } = await scene.fetch(big)
    assert.ok(await scene.has(big))
    assert.deepEqual(sources.map(({ peer }) => peer).toSorted(), peers)
    const ranges = sources.flatMap((source) => source.ranges).toSorted(([a], [b]) => a - b)
    let end = 0
    for (const [offset, length] of ranges) {
      assert.equal(offset, end)
      end += length
    }
    assert.deepEqual([end, wastedBytes], [big.content.length, 0])
    assert.deepEqual((await scene.blobs.usage()).count, 2)
    assert.deepEqual(ofType(scene.events, 'blob-fetched').length, 1)
  })

  test('of an empty blob asks nobody', async () => {
    await using scene = new TransferScene()
    const empty = archiveOf('empty', 0)
    assert.deepEqual((await scene.fetch(empty)).sources, [])
    assert.ok(await scene.has(empty))
  })

  test('that nobody can give says so, with what went wrong', async () => {
    await using scene = new TransferScene()
    await assert.rejects(scene.fetch(small), { code: 'no-holder', message: /nobody who is reachable/ })
    const broken = await scene.holder(large, { mischief: breaksAfter(0) })
    await assert.rejects(scene.fetch(large), (error: GgenError) => {
      assert.equal(error.code, 'no-holder')
      assert.ok(error.cause instanceof AggregateError && error.cause.errors.every(({ code }) => code === 'peer-unreachable'))
      return true
    })
    assert.deepEqual(scene.forgotten, [broken])
    assert.deepEqual(ofType(scene.events, 'holder-failed').map(({ peer, code }) => [peer, code]), [[broken, 'peer-unreachable']])
  })

  test('leaves holders alone who name another size', async () => {
    await using scene = new TransferScene()
    await scene.holder(small, { sizeBytes: 8001 })
    await assert.rejects(scene.fetch(small), { code: 'no-holder' })
    assert.deepEqual(scene.requests, [])
  })

  test('takes from partial holders what they have, and more when they have more', async () => {
    await using scene = new TransferScene()
    const search = Promise.withResolvers<void>()
    scene.searching = search.promise
    const peer = await scene.holder(large, { pieces: setOf(6, [1, 4]) })
    const fetching = scene.fetch(large)
    await until('what it has is here', () => scene.transfers.running(large.artifact.digest)?.pieces.size === 2)
    assert.deepEqual(scene.askedPieces(large).toSorted(), [1, 4])
    scene.found(large.artifact.digest, { peer, sizeBytes: large.content.length })
    assert.equal((await fetching).sources[0]?.bytes, large.content.length)
    assert.deepEqual(scene.askedPieces(large).toSorted(), [0, 1, 2, 3, 4, 5])
    search.resolve()
  })

  test('gives others what is verified while the rest is on its way', async () => {
    await using scene = new TransferScene()
    const { promise, resolve } = Promise.withResolvers<void>()
    await scene.holder(large, { pieces: setOf(6, [0, 2]) })
    scene.searching = promise
    const fetching = scene.fetch(large)
    const running = await until('two pieces are here', () => {
      const found = scene.transfers.running(large.artifact.digest)
      return found?.pieces.size === 2 && found
    })
    assert.deepEqual([running.sizeBytes, running.pieces.has(2), running.pieces.has(1)], [large.content.length, true, false])
    assert.deepEqual(Buffer.from(await running.read({ offset: 2 * MIB, length: 100 })), Buffer.from(large.content.subarray(2 * MIB, 2 * MIB + 100)))
    await scene.holder(large)
    resolve()
    await fetching
    assert.equal(scene.transfers.running(large.artifact.digest), undefined)
  })
})

describe('bad holders', () => {
  test('one that gives a wrong piece is banned at once, and what it gave before counts', async () => {
    await using scene = new TransferScene()
    const liar = await scene.holder(large, { mischief: lies((piece) => piece > 0) })
    await scene.holder(large)
    const { sources } = await scene.fetch(large)
    assert.ok(await scene.has(large))
    assert.deepEqual([scene.banned, scene.forgotten], [[liar], [liar]])
    assert.deepEqual(sources.find(({ peer }) => peer === liar)?.ranges, [[0, MIB]])
    assert.deepEqual(ofType(scene.events, 'holder-failed').map(({ peer, code }) => [peer, code]), [[liar, 'integrity']])
  })

  test('200 times three of four holders give wrong bytes: 200 times right', async () => {
    for (let round = 0; round < 200; round++) {
      await using scene = new TransferScene()
      const archive = round % 8 === 0 ? large : small
      for (let peer = 0; peer < 4; peer++) {
        await scene.holder(archive, peer === Math.floor(round / 8) % 4 ? {} : { mischief: lies((piece) => archive === small || piece === (round + peer) % 6) })
      }
      await scene.fetch(archive)
      assert.ok(await scene.has(archive))
    }
  })

  test('when all give wrong bytes it says so, all are banned, and nothing is visible', async () => {
    await using scene = new TransferScene()
    const liars = [await scene.holder(small, { mischief: lies(() => true) }), await scene.holder(small, { mischief: lies(() => true) })]
    await assert.rejects(scene.fetch(small), { code: 'integrity' })
    assert.deepEqual(scene.banned, liars)
    assert.equal((await scene.blobs.usage()).count, 0)
  })

  test('one that breaks off is replaced, and what it gave is not asked for again', async () => {
    await using scene = new TransferScene()
    await scene.holder(large, { mischief: breaksAfter(2 * MIB) })
    await scene.holder(large)
    const fetching = scene.fetch(large)
    const { wastedBytes } = await passing(scene, fetching)
    assert.ok(await scene.has(large))
    assert.ok(wastedBytes < 2 * MIB)
    assert.deepEqual(scene.banned, [])
  })

  test('one that is silent does not hold up a small blob when there is another', async () => {
    await using scene = new TransferScene()
    await scene.holder(small, { mischief: waitsFor(new Promise(() => {})) })
    const quick = await scene.holder(small)
    const { sources } = await passing(scene, scene.fetch(small))
    assert.deepEqual(sources.map(({ peer }) => peer), [quick])
    assert.equal(ofType(scene.events, 'holder-failed').length, 0, 'slow is no fault')
  })
})

/** Lets time pass in small steps until it is over. */
const passing = async <T>(scene: TransferScene, work: Promise<T>): Promise<T> => {
  let isOver = false
  const settled = Promise.allSettled([work]).then(() => { isOver = true })
  await until('it is over', async () => {
    for (let step = 0; step < 20 && !isOver; step++) {
      await new Promise((resolve) => setImmediate(resolve))
      scene.clock.advance(20)
    }
    return isOver
  })
  await settled
  return await work
}

describe('without a list of its pieces, a large blob', () => {
  const plain = archiveOf('plain', 3 * MIB + 7, false)

  test('comes from one holder at a time, the next one going on where one stopped', async () => {
    await using scene = new TransferScene()
    const [first, second] = [await scene.holder(plain, { mischief: breaksAfter(MIB) }), await scene.holder(plain)]
    const { sources } = await scene.fetch(plain)
    assert.ok(await scene.has(plain))
    assert.deepEqual(new Set(sources.map(({ peer }) => peer)), new Set([first, second]))
    assert.deepEqual(scene.requests.map(({ peer }) => peer), [first, second])
    assert.equal(scene.requests[1]?.offset, sources.find(({ peer }) => peer === first)?.bytes)
  })

  test('that is wrong and came from one bans it; when it came from several, it is fetched from one alone', async () => {
    await using scene = new TransferScene()
    const lying = lies((piece) => piece === 0)
    await scene.holder(plain, { mischief: (chunks, ...about) => breaksAfter(MIB)(lying(chunks, ...about), ...about) })
    const liar = await scene.holder(plain, { mischief: lies((piece) => piece === 3) })
    const honest = await scene.holder(plain)
    const { sources, wastedBytes } = await scene.fetch(plain)
    assert.ok(await scene.has(plain))
    assert.deepEqual([sources.map(({ peer }) => peer), scene.banned], [[honest], [liar]])
    assert.ok(wastedBytes > 3 * MIB)
  })

  test('is not there when all lie', async () => {
    await using scene = new TransferScene()
    for (const wrong of [0, 1]) await scene.holder(plain, { mischief: lies((piece) => piece === wrong) })
    await assert.rejects(scene.fetch(plain), { code: 'integrity' })
    assert.equal(scene.banned.length, 2)
    assert.deepEqual((await scene.blobs.usage()).count, 0)
  })

  test('begins anew after an interrupted try, whose bytes nothing can prove', async () => {
    const blobs = memoryBlobStore()
    const partial = await blobs.partial(plain.artifact.digest, plain.content.length)
    await partial.write(0, [new Uint8Array(MIB)])
    await partial[Symbol.asyncDispose]()
    await using scene = new TransferScene({ blobs })
    await scene.holder(plain)
    assert.equal((await scene.fetch(plain)).resumedBytes, 0)
    assert.ok(await scene.has(plain))
  })

  test('comes the same way when nobody gives the list that the release names', async () => {
    await using scene = new TransferScene()
    await scene.holder(large, { isUnlisted: true })
    await scene.fetch(large)
    assert.ok(await scene.has(large))
  })
})

test('a list of pieces that does not fit the archive is the fault of the release: nobody is banned', async () => {
  await using scene = new TransferScene()
  const other = archiveOf('other', 5 * MIB + 124)
  const contradicting = { ...large, list: other.list, artifact: { ...large.artifact, ...(other.artifact.chunks && { chunks: other.artifact.chunks }) } }
  await scene.holder(contradicting)
  await assert.rejects(scene.fetch(contradicting), { code: 'integrity' })
  await store(scene.blobs, archiveOf('tiny', 100).content)
  assert.equal((await scene.blobs.usage()).count, 2, 'the list, and what was there')
})

test('a release that gives another size or another sha512 to the same bytes is refused', async () => {
  await using scene = new TransferScene()
  await scene.holder(small)
  const wrong = { ...small, artifact: { ...small.artifact, sha512: sha512Of(new Uint8Array(1)) } }
  await assert.rejects(scene.fetch(wrong), { code: 'integrity' })
  assert.deepEqual(scene.banned, [])
  await scene.fetch(small)
  await assert.rejects(scene.fetch({ ...small, artifact: { ...small.artifact, sizeBytes: 7999 } }), { code: 'integrity' })
})

describe('resuming', () => {
  test('asks only for the pieces that are not right, also with other holders, and says what was here', async () => {
    const blobs = memoryBlobStore()
    {
      await using scene = new TransferScene({ blobs })
      scene.searching = new Promise(() => {})
      await scene.holder(large, { pieces: setOf(6, [0, 1, 3]) })
      const stop = new AbortController()
      const fetching = scene.fetch(large, stop.signal)
      await until('three pieces are here', () => scene.transfers.running(large.artifact.digest)?.pieces.size === 3)
      stop.abort(new Error('killed'))
      await assert.rejects(fetching, /killed/)
    }
    const partial = await blobs.partial(large.artifact.digest, large.content.length)
    assert.ok(partial.isResumed)
    await partial.write(MIB, [new Uint8Array(10)])
    await partial[Symbol.asyncDispose]()
    await using scene = new TransferScene({ blobs })
    await scene.holder(large, { isUnlisted: true })
    const { resumedBytes, sources } = await scene.fetch(large)
    assert.ok(await scene.has(large))
    assert.deepEqual([resumedBytes, sources[0]?.bytes], [2 * MIB, 3 * MIB + 123])
    assert.deepEqual(scene.askedPieces(large).toSorted(), [1, 2, 4, 5])
  })

  test('asks nobody when everything is here but the seal', async () => {
    const blobs = memoryBlobStore()
    await store(blobs, large.list)
    const partial = await blobs.partial(large.artifact.digest, large.content.length)
    await partial.write(0, [large.content])
    await partial[Symbol.asyncDispose]()
    await using scene = new TransferScene({ blobs })
    const { sources, resumedBytes } = await scene.fetch(large)
    assert.deepEqual([sources, resumedBytes, scene.requests], [[], large.content.length, []])
    assert.ok(await scene.has(large))
  })
})

describe('several who want the same', () => {
  test('share one download; one that leaves does not end it', async () => {
    await using scene = new TransferScene()
    const { promise, resolve } = Promise.withResolvers<void>()
    await scene.holder(small, { mischief: waitsFor(promise) })
    const leaving = new AbortController()
    const [first, second, third] = [scene.fetch(small, leaving.signal), scene.fetch(small), scene.fetch(small)]
    await until('it is asked for', () => scene.requests.length === 1)
    leaving.abort(new Error('enough'))
    await assert.rejects(first, /enough/)
    resolve()
    assert.equal(await second, await third)
    assert.equal(scene.requests.length, 1)
  })

  test('end it when the last one leaves; who comes then begins anew', async () => {
    await using scene = new TransferScene()
    const stop = new AbortController()
    const { promise, resolve } = Promise.withResolvers<void>()
    await scene.holder(small, { mischief: waitsFor(promise) })
    const both = [scene.fetch(small, stop.signal), scene.fetch(small, stop.signal)]
    await until('it is asked for', () => scene.requests.length === 1)
    stop.abort(new Error('enough'))
    for (const one of both) await assert.rejects(one, /enough/)
    const third = scene.fetch(small)
    resolve()
    await third
    assert.deepEqual([scene.requests.length, await scene.has(small)], [2, true])
  })

  test('disposing ends every download as cancelled, and lets none begin', async () => {
    const scene = new TransferScene()
    await scene.holder(small, { mischief: waitsFor(new Promise(() => {})) })
    const fetching = scene.fetch(small)
    await until('it is asked for', () => scene.requests.length === 1)
    await Promise.all([scene[Symbol.asyncDispose](), assert.rejects(fetching, { code: 'cancelled' })])
    await assert.rejects(scene.fetch(small), { code: 'cancelled' })
  })
})

test('what cannot be kept is the fault of no holder', async () => {
  const full = storeWith(() => ({ write: async () => { throw new GgenError('disk-full', 'no space left') } }))
  for (const archive of [small, large, archiveOf('plain', 2 * MIB, false)]) {
    await using scene = new TransferScene({ blobs: full })
    await scene.holder(archive)
    await scene.holder(archive)
    await assert.rejects(scene.fetch(archive), { code: 'disk-full' })
    assert.deepEqual([scene.forgotten, scene.banned], [[], []])
  }
})

test('small and large downloads run at the same time, each up to their number; who is waited for goes first', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  await using scene = new TransferScene()
  const archives = Array.from({ length: LIMITS.smallTransfers + 3 }, (_, index) => archiveOf(`number ${index}`, 100 + index))
  for (const archive of archives) await scene.holder(archive, { mischief: waitsFor(promise) })
  await scene.holder(large)
  const fetch = ({ artifact }: { artifact: Artifact }, urgency: Urgency): Promise<unknown> => scene.transfers.fetch(artifact, { urgency, signal: never })
  const waiting = archives.map((archive, index) => fetch(archive, index === archives.length - 1 ? 'interactive' : 'background'))
  await until('as many as may are asked for', () => scene.requests.length === 0.75 * LIMITS.smallTransfers + 1)
  assert.ok(scene.requests.some(({ digest }) => digest === archives.at(-1)?.artifact.digest))
  assert.ok(scene.requests.every(({ digest }) => digest !== archives[14]?.artifact.digest))
  await fetch(large, 'background')
  const joined = fetch(archives[14] ?? small, 'interactive')
  await until('it is asked for now', () => scene.requests.some(({ digest }) => digest === archives[14]?.artifact.digest))
  resolve()
  await Promise.all([...waiting, joined])
})

test('a download asks the pace after each chunk, as urgent as it is by then', async () => {
  const taken: [Urgency, number][] = []
  let release = (): void => undefined
  const pace = (urgency: Urgency) => (_peer: unknown, bytes: number): Promise<void> | undefined => {
    taken.push([urgency, bytes])
    return taken.length > 1 ? undefined : new Promise((resolve) => { release = resolve })
  }
  await using scene = new TransferScene({ pace })
  const middling = archiveOf('middling', 700_000)
  await scene.holder(middling, { mischief: async function* () { yield middling.content.subarray(0, 300_000); yield middling.content.subarray(300_000) } })
  const background = scene.transfers.fetch(middling.artifact, { urgency: 'background', signal: never })
  await until('it waits', () => taken.length === 1)
  const urgent = scene.fetch(middling)
  release()
  await Promise.all([background, urgent])
  assert.deepEqual(taken, [['background', 300_000], ['interactive', 400_000]])
})

test('progress is told at most four times a second, with rate, remaining time and sources', async () => {
  await using scene = new TransferScene()
  const steps = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
  await scene.holder(large, {
    mischief: async function* (chunks, { offset }) {
      let at = offset
      for await (const chunk of chunks) {
        if (offset + chunk.length > 0) await steps[Math.floor(at / MIB)]?.promise
        at += chunk.length
        yield chunk
      }
    },
    isUnlisted: true,
  })
  await store(scene.blobs, large.list)
  const fetching = scene.fetch(large)
  for (const [index, { resolve }] of steps.entries()) {
    resolve()
    await until('a piece is here', () => (scene.transfers.running(large.artifact.digest)?.pieces.size ?? 6) > index)
    for (let step = 0; step < 10; step++) {
      scene.clock.advance(100)
      await new Promise((resolve_) => setImmediate(resolve_))
    }
  }
  await passing(scene, fetching)
  const told = ofType(scene.events, 'transfer-progress')
  assert.ok(told.length >= 8 && told.length <= 20, `${told.length} times in five seconds`)
  assert.ok(told.every(({ receivedBytes }, index) => index === 0 || receivedBytes >= (told[index - 1]?.receivedBytes ?? 0)))
  const late = told.at(-1)
  assert.ok(late !== undefined && late.sources === 1 && late.bytesPerSecond > 0.5 * MIB && late.bytesPerSecond < 2 * MIB)
  assert.ok((late.remainingMs ?? 0) > 0)
})
