import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Digest } from '#core'
import { memoryBlobStore } from '#store'
import { openDiskBlobs } from '#store/disk'
import { temporaryFolder } from '#testing'
import { HeldBlobs } from './held-blobs.ts'

const { signal } = new AbortController()

const put = async (store: ReturnType<typeof memoryBlobStore>, sizeBytes: number): Promise<Digest> => {
  await using writer = await store.create()
  await writer.append(randomBytes(sizeBytes))
  return await writer.seal()
}

describe('the bytes of a node', () => {
  it('are counted, and dropped where nobody keeps them', async () => {
    const kept = new Set<Digest>()
    await using store = memoryBlobStore({ quotaBytes: 1000, isKept: (digest) => kept.has(digest) })
    const held = new HeldBlobs(store)
    kept.add(await put(store, 100))
    await put(store, 200)
    assert.deepEqual(await held.usage(), { count: 2, bytes: 300, partialBytes: 0, quotaBytes: 1000, kept: { count: 1, bytes: 100 } })
    assert.deepEqual(await held.clear(signal), { count: 1, bytes: 200 })
    assert.deepEqual(await held.check(signal), { count: 1, bytes: 100, damaged: [] })
  })

  it('have no quota where there is none', async () => {
    await using store = memoryBlobStore({ quotaBytes: Infinity })
    assert.equal((await new HeldBlobs(store).usage()).quotaBytes, undefined)
  })

  it('are dropped where the disk has damaged them, and named', async () => {
    await using folder = await temporaryFolder()
    await using store = await openDiskBlobs(folder.path)
    const [whole, rotten] = [await put(store, 100), await put(store, 200)]
    const hex = rotten.slice('sha256:'.length)
    await writeFile(join(folder.path, 'sha256', hex.slice(0, 2), hex.slice(2)), randomBytes(200))
    assert.deepEqual(await new HeldBlobs(store).check(signal), { count: 2, bytes: 300, damaged: [{ digest: rotten, sizeBytes: 200, isKept: false }] })
    assert.deepEqual((await store.list()).map(({ digest }) => digest), [whole])
    await assert.rejects(new HeldBlobs(store).check(AbortSignal.abort(new Error('enough'))), /enough/)
  })
})
