import { digestOf, GgenError } from '#core'
import { memoryBlobStore } from '#store'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LatePartial } from './late-partial.ts'

const content = Buffer.from('some bytes')
const digest = digestOf(content)

test('nothing is set aside before something is to be kept, and then once', async () => {
  const blobs = memoryBlobStore()
  {
    await using late = new LatePartial(blobs, digest, content.length)
    assert.equal((await blobs.usage()).partialBytes, 0)
    const [first, second] = await Promise.all([late.get(), late.get()])
    assert.equal(first, second)
    assert.equal((await blobs.usage()).partialBytes, content.length)
    await first.write(0, [content])
    await first.seal()
  }
  assert.equal(await blobs.size(digest), content.length)
})

test('what is open is closed with it, and what never was costs nothing', async () => {
  const blobs = memoryBlobStore()
  {
    await using late = new LatePartial(blobs, digest, content.length)
    await late.get()
    await using _unused = new LatePartial(blobs, digest, content.length)
  }
  await using again = new LatePartial(blobs, digest, content.length)
  await again.get()
})

test('that there is no room is said to everybody who wants to keep something, and not again at the end', async () => {
  const full = { partial: async () => { throw new GgenError('disk-full', 'no room') } }
  await using late = new LatePartial(full, digest, content.length)
  await assert.rejects(late.get(), { code: 'disk-full' })
  await assert.rejects(late.get(), { code: 'disk-full' })
})
