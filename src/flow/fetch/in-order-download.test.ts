import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { digestOf, LIMITS, type SourceShare } from '#core'
import { memoryBlobStore } from '#store'
import { chunkListId } from '#wire'
import { InOrderDownload } from './in-order-download.ts'
import { archiveOf, breaksAfter, lies, never, sha512Of, TransferScene } from './transfer-scene.conformance.ts'

const MIB = LIMITS.pieceBytes

const plain = archiveOf('plain', 3 * MIB + 7, false)

/** Fetches it and says who gave what. */
const fetch = async (scene: TransferScene, archive = plain): Promise<Fetched> => {
  const heard: number[] = []
  const parts = { ...scene.transferParts, holders: scene.feed(archive), onBytes: () => heard.push(download.receivedBytes) }
  const download = new InOrderDownload(parts, archive.artifact)
  await download.run(never)
  return { sources: download.shares.report(scene.clock.monotonic()), wastedBytes: download.wastedBytes, heard }
}

interface Fetched {
  readonly sources: readonly SourceShare[]
  readonly wastedBytes: number
  readonly heard: readonly number[]
}

describe('without a list of its pieces, a large blob', () => {
  test('comes from one holder at a time, the next one going on where one stopped', async () => {
    const scene = new TransferScene()
    const [first, second] = [await scene.holder(plain, { mischief: breaksAfter(MIB) }), await scene.holder(plain)]
    const { sources, wastedBytes, heard } = await fetch(scene)
    assert.ok(await scene.has(plain))
    assert.deepEqual([wastedBytes, heard.at(-1)], [0, plain.content.length])
    assert.deepEqual(new Set(sources.map(({ peer }) => peer)), new Set([first, second]))
    assert.deepEqual(scene.requests.map(({ peer }) => peer), [first, second])
    assert.equal(scene.requests[1]?.offset, sources.find(({ peer }) => peer === first)?.bytes)
  })

  test('that is wrong and came from one bans it; when it came from several, it is fetched from one alone', async () => {
    const scene = new TransferScene()
    const lying = lies((piece) => piece === 0)
    await scene.holder(plain, { mischief: (chunks, ...about) => breaksAfter(MIB)(lying(chunks, ...about), ...about) })
    const liar = await scene.holder(plain, { mischief: lies((piece) => piece === 3) })
    const honest = await scene.holder(plain)
    const { sources, wastedBytes } = await fetch(scene)
    assert.ok(await scene.has(plain))
    assert.deepEqual([sources.map(({ peer }) => peer), scene.banned], [[honest], [liar]])
    assert.ok(wastedBytes > 3 * MIB)
  })

  test('is not there when all lie', async () => {
    const scene = new TransferScene()
    for (const wrong of [0, 1]) await scene.holder(plain, { mischief: lies((piece) => piece === wrong) })
    await assert.rejects(fetch(scene), { code: 'integrity' })
    assert.equal(scene.banned.length, 2)
    assert.deepEqual((await scene.blobs.usage()).count, 0)
  })

  test('begins anew after an interrupted try, whose bytes nothing can prove', async () => {
    const blobs = memoryBlobStore()
    const partial = await blobs.partial(plain.artifact.digest, plain.content.length)
    await partial.write(0, [new Uint8Array(MIB)])
    await partial[Symbol.asyncDispose]()
    const scene = new TransferScene(blobs)
    await scene.holder(plain)
    await fetch(scene)
    assert.ok(await scene.has(plain))
  })

  test('makes the list of its pieces itself where the release names one, and is refused when that is another one', async () => {
    const listed = archiveOf('listed', 3 * MIB + 7)
    const scene = new TransferScene()
    await scene.holder(listed)
    await fetch(scene, listed)
    assert.ok(await scene.has(listed))
    assert.deepEqual(Buffer.from(await scene.blobs.read(digestOf(listed.list), { offset: 0, length: 1000 })), Buffer.from(listed.list))
    const other = archiveOf('other', 3 * MIB + 7)
    const contradicting = { ...plain, artifact: { ...plain.artifact, chunks: chunkListId(other.list) } }
    await scene.holder(contradicting)
    await assert.rejects(fetch(scene, contradicting), { code: 'integrity', message: /does not fit/ })
    assert.deepEqual([await scene.blobs.size(plain.artifact.digest), scene.banned], [undefined, []])
  })

  test('whose sha512 is another one than the release says is refused, and that is the fault of no holder', async () => {
    const wrong = { ...plain, artifact: { ...plain.artifact, sha512: sha512Of(new Uint8Array(1)) } }
    const scene = new TransferScene()
    await scene.holder(wrong)
    await assert.rejects(fetch(scene, wrong), { code: 'integrity' })
    assert.deepEqual([scene.banned, scene.dropped], [[], []])
  })
})
