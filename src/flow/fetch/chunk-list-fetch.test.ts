import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { type Artifact, digestOf, LIMITS, type OpId } from '#core'
import { type BlobStore, memoryBlobStore } from '#store'
import { chunkListDigest } from '#wire'
import { ChunkListFetch } from './chunk-list-fetch.ts'
import { archiveOf, breaksAfter, never, type SceneArchive, store, storeWith, TransferScene } from './transfer-scene.conformance.ts'

const MIB = LIMITS.pieceBytes
const large = archiveOf('large', 2 * MIB + 123)

const listed = ({ artifact }: SceneArchive): Artifact & { readonly chunks: OpId } => {
  assert.ok(artifact.chunks)
  return { ...artifact, chunks: artifact.chunks }
}

const fetchOf = (scene: TransferScene, archive: SceneArchive): ChunkListFetch =>
  new ChunkListFetch({ ...scene.transferParts, holders: scene.feed(archive) }, listed(archive), never)

const hashOf = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()

test('the list comes from the holders of the archive, checks its pieces, and is stored for the next time', async () => {
  const scene = new TransferScene()
  await scene.holder(large, { mischief: breaksAfter(0) })
  await scene.holder(large)
  {
    await using list = fetchOf(scene, large)
    const check = await list.check
    const last = hashOf(large.content.subarray(2 * MIB))
    assert.deepEqual([check(2, last), check(1, last), check(3, last)], [true, false, false])
    await list.stored
  }
  assert.equal(await scene.blobs.size(chunkListDigest(listed(large).chunks)), large.list.length)
  const asked = scene.requests.length
  await using again = fetchOf(scene, large)
  assert.ok((await again.check)(0, hashOf(large.content.subarray(0, MIB))))
  assert.equal(scene.requests.length, asked)
})

test('a list that was damaged in the store is fetched and stored anew', async () => {
  const [inner, digest] = [memoryBlobStore(), chunkListDigest(listed(large).chunks)]
  await store(inner, large.list)
  let isDamaged = true
  const sealed = storeWith((partial) => ({
    seal: async () => {
      await partial.seal()
      isDamaged = false
    },
  }), inner)
  const read: BlobStore['read'] = async (...wanted) => {
    const bytes = await inner.read(...wanted)
    return isDamaged ? bytes.with(10, (bytes[10] ?? 0) ^ 1) : bytes
  }
  const scene = new TransferScene({ ...sealed, read })
  {
    await using lonely = fetchOf(scene, large)
    await assert.rejects(lonely.check, { code: 'no-holder' })
  }
  await scene.holder(large)
  await using list = fetchOf(scene, large)
  assert.ok((await list.check)(0, hashOf(large.content.subarray(0, MIB))))
  await list.stored
  assert.equal(digestOf(await scene.blobs.read(digest, { offset: 0, length: MIB })), digest)
})

test('a list that does not fit the archive is the fault of the release: nobody is banned', async () => {
  const other = archiveOf('short', MIB + 1)
  const contradicting = { ...large, list: other.list, artifact: { ...large.artifact, chunks: listed(other).chunks } }
  const scene = new TransferScene()
  await scene.holder(contradicting)
  await store(scene.blobs, other.list)
  await using list = fetchOf(scene, contradicting)
  await assert.rejects(list.check, { code: 'integrity' })
  await assert.rejects(list.stored, { code: 'integrity' })
  assert.deepEqual(scene.banned, [])
})

test('when nobody has the list, it says so, and why', async () => {
  const scene = new TransferScene()
  {
    await using list = fetchOf(scene, large)
    await assert.rejects(list.check, { code: 'no-holder' })
    assert.equal(list.failure, await list.stored.catch((error: unknown) => error))
  }
  await scene.holder(large, { isUnlisted: true })
  await using unlisted = fetchOf(scene, large)
  await assert.rejects(unlisted.check, { code: 'no-holder', message: /not held/ })
})

test('disposing ends the fetch', async () => {
  const scene = new TransferScene()
  scene.searching = new Promise(() => {})
  const list = fetchOf(scene, large)
  await list[Symbol.asyncDispose]()
  await assert.rejects(list.check)
})
