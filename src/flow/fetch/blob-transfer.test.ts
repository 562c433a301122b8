import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GgenError, LIMITS, type TransferReport } from '#core'
import { memoryBlobStore } from '#store'
import { chunkListId } from '#wire'
import { until } from '#testing'
import { BlobTransfer } from './blob-transfer.ts'
import { setOf } from './schedule-simulator.conformance.ts'
import { archiveOf, breaksAfter, lies, never, type SceneArchive, sha512Of, store, storeWith, TransferScene, waitsFor } from './transfer-scene.conformance.ts'

const MIB = LIMITS.pieceBytes
const small = archiveOf('small', 8000)
/** Five pieces and a bit. */
const large = archiveOf('large', 5 * MIB + 123)

const transferOf = (scene: TransferScene, { artifact }: SceneArchive): BlobTransfer => new BlobTransfer(scene.transferParts, artifact)
const fetch = (scene: TransferScene, archive: SceneArchive): Promise<TransferReport> => transferOf(scene, archive).run(never)

describe('a transfer', () => {
  test('of a small blob is one request, one write and a seal', async () => {
    const writes: number[] = []
    const scene = new TransferScene(
      storeWith((partial) => ({ write: (at, chunks) => (writes.push(at), partial.write(at, chunks)) })),
    )
    const peer = await scene.holder(small)
    const report = await fetch(scene, small)
    assert.deepEqual(report.sources, [{ peer, carrier: 'memory', bytes: 8000, ranges: [[0, 8000]], bytesPerSecond: 8_000_000 }])
    assert.deepEqual([report.resumedBytes, report.wastedBytes, writes], [0, 0, [0]])
    assert.ok(await scene.has(small))
    assert.equal(scene.requests.length, 1)
  })

  test('of a large blob takes pieces from all holders, each once, and stores the list of pieces too', async () => {
    const scene = new TransferScene()
    const big = archiveOf('big', 24 * MIB + 5)
    const peers = [await scene.holder(big), await scene.holder(big), await scene.holder(big)]
    const { sources, wastedBytes } = await fetch(scene, big)
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
  })

  test('is over when the list of pieces is stored too, and says when that fails', async () => {
    const full = storeWith((partial) => ({
      seal: async (sha512) => {
        if (partial.digest !== large.artifact.digest) throw new GgenError('disk-full', 'no space left')
        await partial.seal(sha512)
      },
    }))
    const scene = new TransferScene(full)
    await scene.holder(large)
    await assert.rejects(fetch(scene, large), { code: 'disk-full' })
  })

  test('of an empty blob asks nobody', async () => {
    const scene = new TransferScene()
    const empty = archiveOf('empty', 0)
    assert.deepEqual((await fetch(scene, empty)).sources, [])
    assert.ok(await scene.has(empty))
  })

  test('that nobody can give says so, with what went wrong', async () => {
    const scene = new TransferScene()
    await assert.rejects(fetch(scene, small), { code: 'no-holder', message: /nobody who is reachable/ })
    const broken = await scene.holder(large, { mischief: breaksAfter(0) })
    await assert.rejects(fetch(scene, large), (error: GgenError) => {
      assert.equal(error.code, 'no-holder')
      assert.ok(error.cause instanceof AggregateError && error.cause.errors.every(({ code }) => code === 'peer-unreachable'))
      return true
    })
    assert.deepEqual(scene.dropped, [[broken, 'peer-unreachable']])
  })

  test('leaves holders alone who name another size', async () => {
    const scene = new TransferScene()
    await scene.holder(small, { sizeBytes: 8001 })
    await assert.rejects(fetch(scene, small), { code: 'no-holder' })
    assert.deepEqual(scene.requests, [])
  })

  test('takes from partial holders what they have, and more when they have more', async () => {
    const scene = new TransferScene()
    const search = Promise.withResolvers<void>()
    scene.searching = search.promise
    const peer = await scene.holder(large, { pieces: setOf(6, [1, 4]) })
    const transfer = transferOf(scene, large)
    const fetching = transfer.run(never)
    await until('what it has is here', () => transfer.running?.pieces.size === 2)
    assert.deepEqual(scene.askedPieces(large), [1, 4])
    scene.found(large.artifact.digest, { peer, sizeBytes: large.content.length })
    assert.equal((await fetching).sources[0]?.bytes, large.content.length)
    assert.deepEqual(scene.askedPieces(large), [0, 1, 2, 3, 4, 5])
    search.resolve()
  })

  test('gives others what is verified while the rest is on its way', async () => {
    const scene = new TransferScene()
    const { promise, resolve } = Promise.withResolvers<void>()
    await scene.holder(large, { pieces: setOf(6, [0, 2]) })
    scene.searching = promise
    const transfer = transferOf(scene, large)
    const fetching = transfer.run(never)
    const running = await until('two pieces are here', () => transfer.running?.pieces.size === 2 && transfer.running)
    assert.deepEqual([running.sizeBytes, running.pieces.has(2), running.pieces.has(1)], [large.content.length, true, false])
    assert.deepEqual(Buffer.from(await running.read({ offset: 2 * MIB, length: 100 })), Buffer.from(large.content.subarray(2 * MIB, 2 * MIB + 100)))
    await scene.holder(large)
    resolve()
    await fetching
    assert.equal(transfer.running, undefined)
  })
})

describe('bad holders', () => {
  test('one that gives a wrong piece is banned at once, and what it gave before counts', async () => {
    const scene = new TransferScene()
    const liar = await scene.holder(large, { mischief: lies((piece) => piece > 0) })
    await scene.holder(large)
    const { sources } = await fetch(scene, large)
    assert.ok(await scene.has(large))
    assert.deepEqual([scene.banned, scene.dropped], [[liar], [[liar, 'integrity']]])
    assert.deepEqual(sources.find(({ peer }) => peer === liar)?.ranges, [[0, MIB]])
  })

  test('200 times three of four holders give wrong bytes: 200 times right', async () => {
    for (let round = 0; round < 200; round++) {
      const scene = new TransferScene()
      const archive = round % 8 === 0 ? large : small
      for (let peer = 0; peer < 4; peer++) {
        await scene.holder(archive, peer === Math.floor(round / 8) % 4 ? {} : { mischief: lies((piece) => archive === small || piece === (round + peer) % 6) })
      }
      await fetch(scene, archive)
      assert.ok(await scene.has(archive))
    }
  })

  test('when all give wrong bytes it says so, all are banned, and nothing is visible', async () => {
    const scene = new TransferScene()
    const liars = [await scene.holder(small, { mischief: lies(() => true) }), await scene.holder(small, { mischief: lies(() => true) })]
    await assert.rejects(fetch(scene, small), { code: 'integrity' })
    assert.deepEqual(scene.banned, liars)
    assert.equal((await scene.blobs.usage()).count, 0)
  })

  test('nobody is banned because of a list that is not that of the archive: others have signed the same bytes with another list', async () => {
    const other = archiveOf('other', 5 * MIB + 123)
    const contradicting = { ...large, list: other.list, artifact: { ...large.artifact, chunks: chunkListId(other.list) } }
    const scene = new TransferScene()
    await scene.holder(contradicting)
    await scene.holder(contradicting)
    await assert.rejects(fetch(scene, contradicting), { code: 'integrity' })
    assert.deepEqual([scene.banned, await scene.blobs.size(large.artifact.digest)], [[], undefined])
  })

  test('one that breaks off is replaced, and what it gave is not asked for again', async () => {
    const scene = new TransferScene()
    await scene.holder(large, { mischief: breaksAfter(2 * MIB) })
    await scene.holder(large)
    const { wastedBytes } = await scene.passing(fetch(scene, large))
    assert.ok(await scene.has(large))
    assert.ok(wastedBytes < 2 * MIB)
    assert.deepEqual(scene.banned, [])
  })

  test('one that is silent does not hold up a small blob when there is another', async () => {
    const scene = new TransferScene()
    await scene.holder(small, { mischief: waitsFor(new Promise(() => {})) })
    const quick = await scene.holder(small)
    const { sources } = await scene.passing(fetch(scene, small))
    assert.deepEqual(sources.map(({ peer }) => peer), [quick])
    assert.deepEqual(scene.dropped, [], 'slow is no fault')
  })
})

describe('resuming', () => {
  test('asks only for the pieces that are not right, also with other holders, and says what was here', async () => {
    const blobs = memoryBlobStore()
    const first = new TransferScene(blobs)
    first.searching = new Promise(() => {})
    await first.holder(large, { pieces: setOf(6, [0, 1, 3]) })
    const stop = new AbortController()
    const transfer = transferOf(first, large)
    const fetching = transfer.run(stop.signal)
    await until('three pieces are here', () => transfer.running?.pieces.size === 3)
    stop.abort(new Error('killed'))
    await assert.rejects(fetching, /killed/)
    const partial = await blobs.partial(large.artifact.digest, large.content.length)
    assert.ok(partial.isResumed)
    await partial.write(MIB, [new Uint8Array(10)])
    await partial[Symbol.asyncDispose]()
    const scene = new TransferScene(blobs)
    await scene.holder(large, { isUnlisted: true })
    const { resumedBytes, sources } = await fetch(scene, large)
    assert.ok(await scene.has(large))
    assert.deepEqual([resumedBytes, sources[0]?.bytes], [2 * MIB, 3 * MIB + 123])
    assert.deepEqual(scene.askedPieces(large), [1, 2, 4, 5])
  })

  test('asks nobody when everything is here but the seal', async () => {
    const blobs = memoryBlobStore()
    await store(blobs, large.list)
    const partial = await blobs.partial(large.artifact.digest, large.content.length)
    await partial.write(0, [large.content])
    await partial[Symbol.asyncDispose]()
    const scene = new TransferScene(blobs)
    const { sources, resumedBytes } = await fetch(scene, large)
    assert.deepEqual([sources, resumedBytes, scene.requests], [[], large.content.length, []])
    assert.ok(await scene.has(large))
  })
})

test('what cannot be kept is the fault of no holder', async () => {
  const full = storeWith(() => ({ write: async () => { throw new GgenError('disk-full', 'no space left') } }))
  for (const archive of [small, large, archiveOf('plain', 2 * MIB, false)]) {
    const scene = new TransferScene(full)
    await scene.holder(archive)
    await scene.holder(archive)
    await assert.rejects(fetch(scene, archive), { code: 'disk-full' })
    assert.deepEqual([scene.dropped, scene.banned], [[], []])
  }
})

test('when nobody gives the list that the release names, the archive comes as if there were none, and its list is made', async () => {
  const scene = new TransferScene()
  await scene.holder(large, { isUnlisted: true })
  await fetch(scene, large)
  assert.ok(await scene.has(large))
  assert.equal((await scene.blobs.usage()).count, 2)
})

test('a release that gives another sha512 to the same bytes is refused, and that is the fault of no holder', async () => {
  const scene = new TransferScene()
  await scene.holder(small)
  const wrong = { ...small, artifact: { ...small.artifact, sha512: sha512Of(new Uint8Array(1)) } }
  await assert.rejects(fetch(scene, wrong), { code: 'integrity' })
  assert.deepEqual(scene.banned, [])
})

