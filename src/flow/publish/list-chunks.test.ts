import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from '#core'
import { memoryBlobStore } from '#store'
import { memoryFolder } from '#archive'
import { seeded } from '#testing'
import { listChunks } from './list-chunks.ts'
import { storeSource } from './store-source.ts'

test('the list of the pieces of an archive is the one that its publisher signed, and one piece has none', async () => {
  const blobs = memoryBlobStore()
  const files = { 'pack.toml': '[pack]\nname = "large"\nversion = "1.0.0"\n', 'data.bin': seeded('data').bytes(2 * LIMITS.pieceBytes) }
  await using stored = await storeSource(blobs, { kind: 'folder', tree: memoryFolder(files) }, new AbortController().signal)
  await stored.seal()
  const list = await listChunks(blobs.stream(stored.facts.fingerprint.digest))
  assert.ok(list !== undefined)
  assert.equal(list.id, stored.facts.chunks)
  async function* small(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(LIMITS.pieceBytes)
  }
  assert.equal(await listChunks(small()), undefined)
})
