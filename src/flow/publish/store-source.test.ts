import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryFolder } from '#archive'
import { digestBytes, digestOf, LIMITS, pieceRange } from '#core'
import { memoryBlobStore } from '#store'
import { chunkListDigest, decodeChunkList } from '#wire'
import { seeded, smallPackage } from '#testing'
import { storeBytes, storeSource } from './store-source.ts'

const never = new AbortController().signal

test('a folder becomes an archive and its metadata document, visible once it is sealed', async () => {
  const blobs = memoryBlobStore()
  await using stored = await storeSource(blobs, { kind: 'folder', tree: memoryFolder(smallPackage('tool', '1.2.3')) }, never)
  assert.equal(stored.facts.manifest.version, '1.2.3')
  assert.equal((await blobs.usage()).count, 0)
  const metadata = await stored.seal()
  assert.equal(await blobs.size(stored.facts.fingerprint.digest), stored.facts.fingerprint.sizeBytes)
  const document: unknown = JSON.parse(Buffer.concat(await Array.fromAsync(blobs.stream(metadata.digest))).toString())
  assert.equal((document as { name: string }).name, 'tool')
})

test('an archive is kept byte for byte as it is', async () => {
  const packed = memoryBlobStore()
  await using first = await storeSource(packed, { kind: 'folder', tree: memoryFolder(smallPackage('tool')) }, never)
  await first.seal()
  const { digest } = first.facts.fingerprint
  const blobs = memoryBlobStore()
  await using again = await storeSource(blobs, { kind: 'archive', chunks: packed.stream(digest) }, never)
  await again.seal()
  assert.equal(again.facts.fingerprint.digest, digest)
})

test('a large archive comes with its chunk list, a small one without', async () => {
  const blobs = memoryBlobStore()
  const content = Buffer.from(seeded('incompressible').bytes(2 * LIMITS.pieceBytes)).toString('base64')
  await using stored = await storeSource(blobs, { kind: 'folder', tree: memoryFolder({ ...smallPackage('tool'), 'data.txt': content }) }, never)
  const { chunks, fingerprint } = stored.facts
  assert.ok(chunks !== undefined && fingerprint.sizeBytes > 2 * LIMITS.pieceBytes)
  await stored.seal()
  const archive = Buffer.concat(await Array.fromAsync(blobs.stream(fingerprint.digest)))
  const list = decodeChunkList(Buffer.concat(await Array.fromAsync(blobs.stream(chunkListDigest(chunks)))), fingerprint.sizeBytes)
  for (let piece = 0; piece < list.count; piece++) {
    const { offset, length } = pieceRange(fingerprint.sizeBytes, piece)
    assert.ok(list.matches(piece, digestBytes(digestOf(archive.subarray(offset, offset + length)))))
  }
  await using small = await storeSource(blobs, { kind: 'folder', tree: memoryFolder(smallPackage('tool')) }, never)
  assert.equal(small.facts.chunks, undefined)
})

test('what is not a package, or too large for one, leaves nothing behind', async () => {
  const blobs = memoryBlobStore()
  await assert.rejects(storeSource(blobs, { kind: 'folder', tree: memoryFolder({ 'README.md': 'no manifest' }) }, never), { code: 'manifest-missing' })
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield new Uint8Array(LIMITS.archiveBytes / 4)
  }
  await assert.rejects(storeSource(blobs, { kind: 'archive', chunks: endless() }, never), { code: /^archive-(too-large|broken)$/ })
  assert.equal((await blobs.usage()).count, 0)
})

test('a small document is kept under its digest', async () => {
  const blobs = memoryBlobStore()
  const digest = await storeBytes(blobs, Buffer.from('{}'))
  assert.equal(await blobs.size(digest), 2)
})
