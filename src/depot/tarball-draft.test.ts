import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestOf, isGgenError, NPM_LIMITS } from '#core'
import { memoryBlobStore } from '#store'
import { TarballDraft } from './tarball-draft.ts'

const MiB = 1024 * 1024

describe('TarballDraft', () => {
  it('puts into the store what was pushed, whether it is little, nothing or more than waits', async () => {
    await using blobs = memoryBlobStore()
    for (const sizeBytes of [0, 10, NPM_LIMITS.passingBytes + 3 * MiB + 7]) {
      const whole = Buffer.alloc(sizeBytes, sizeBytes % 251)
      await using draft = new TarballDraft(blobs)
      for (let at = 0; at < sizeBytes; at += 300_000) await draft.push(whole.subarray(at, at + 300_000))
      await draft.seal(digestOf(whole))
      assert.ok(Buffer.from(await blobs.read(digestOf(whole), { offset: 0, length: sizeBytes })).equals(whole))
    }
  })

  it('leaves nothing of what is not what it should be, or is given up', async () => {
    await using blobs = memoryBlobStore()
    const bytes = new Uint8Array(NPM_LIMITS.passingBytes)
    {
      await using wrong = new TarballDraft(blobs)
      await wrong.push(bytes)
      await assert.rejects(wrong.seal(digestOf(Uint8Array.of(1))), (error) => isGgenError(error))
      await using given = new TarballDraft(blobs)
      await given.push(bytes)
    }
    assert.deepEqual(await blobs.list(), [])
  })
})
