import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CENTRAL_LIMITS, type Digest, digestOf } from '#core'
import { memoryHub } from '#network'
import { memoryBlobStore, memoryRegistryRecords } from '#store'
import { handedOver, openMarketplace, smallPackage, TestClock } from '#testing'
import { ShelfUploads } from './shelf-uploads.ts'

const never = new AbortController().signal

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

test('an archive that nobody publishes goes after a day, one that was published stays, and so does what is new', async () => {
  const clock = new TestClock()
  const promises = memoryRegistryRecords()
  await using node = await openMarketplace({ hub: memoryHub({ clock }), clock, promises })
  await using elsewhere = await openMarketplace({ hub: memoryHub({ clock }), clock })
  const shelf = await node.marketplace.openShelf(promises, never)
  const { envelopes, digest, archive } = await handedOver(elsewhere, await elsewhere.publish(smallPackage('tool'), 'alice'))
  const upload = async (bytes: Uint8Array): Promise<Digest> => {
    await shelf.store(digestOf(bytes), once(bytes))
    return digestOf(bytes)
  }
  await upload(archive)
  await shelf.take(envelopes, { id: 'token', replicas: 0, covers: () => true }, never)
  const left = await upload(Buffer.from('left'))
  clock.advance(CENTRAL_LIMITS.uploadMs)
  const late = await upload(Buffer.from('late'))
  assert.notEqual(await shelf.size(left), undefined, 'a day is not over before it is over')
  clock.advance(CENTRAL_LIMITS.uploadsEveryMs)
  await upload(Buffer.from('another'))
  assert.deepEqual([await shelf.size(left), await shelf.size(late), await shelf.size(digest)], [undefined, 4, archive.length])
  assert.deepEqual(promises.uploadsBefore(Infinity, 10), [late, digestOf(Buffer.from('another'))])
})

test('what was left before a registry stopped goes when it starts again', async () => {
  const clock = new TestClock()
  const promises = memoryRegistryRecords()
  await using node = await openMarketplace({ hub: memoryHub({ clock }), clock, promises })
  const before = await node.marketplace.openShelf(promises, never)
  const bytes = Buffer.from('left')
  await before.store(digestOf(bytes), once(bytes))
  clock.advance(CENTRAL_LIMITS.uploadMs + 1)
  const after = await node.marketplace.openShelf(promises, never)
  assert.equal(await after.size(digestOf(bytes)), undefined)
})

test('it is looked at most once an hour, and nothing is noted of what is promised', async () => {
  const clock = new TestClock()
  const promises = memoryRegistryRecords()
  let looks = 0
  const counted = { ...promises, keeps: () => true, noteUpload: () => assert.fail('it is promised'), uploadsBefore: () => ((looks += 1), []) } as never
  const uploads = new ShelfUploads({ promises: counted, clock, blobs: memoryBlobStore() })
  uploads.note(digestOf(Buffer.from('promised')))
  for (let index = 0; index < 5; index += 1) {
    await uploads.dropOld()
    clock.advance(CENTRAL_LIMITS.uploadsEveryMs / 2)
  }
  assert.equal(looks, 3)
})
