import assert from 'node:assert/strict'
import { mkdtempDisposable, open, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Digest, digestOf } from '#core'
import { DiskBlobWriter } from './disk-blob-writer.ts'
import { nodeFileSystem } from './file-system.ts'

interface Placed {
  readonly digest: Digest
  readonly sizeBytes: number
}

const startDraft = async (folder: string): Promise<{ writer: DiskBlobWriter; placed: Placed[]; ends: () => number }> => {
  const path = join(folder, 'draft')
  const placed: Placed[] = []
  let ends = 0
  const writer = new DiskBlobWriter(nodeFileSystem, {
    path,
    file: await open(path, 'wx'),
    reserve: async () => undefined,
    place: async (digest, sizeBytes) => void placed.push({ digest, sizeBytes }),
    ended: () => void (ends += 1),
  })
  return { writer, placed, ends: () => ends }
}

test('a draft is placed under the digest of all its bytes, once', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-writer-'))
  const { writer, placed, ends } = await startDraft(folder.path)
  for (const part of ['a', '', 'bc']) await writer.append(Buffer.from(part))
  const digest = await writer.seal()
  assert.deepEqual(placed, [{ digest: digestOf(Buffer.from('abc')), sizeBytes: 3 }])
  assert.equal(digest, placed[0]?.digest)
  await writer[Symbol.asyncDispose]()
  assert.equal(ends(), 1)
})

test('disposing removes the draft, also twice', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-writer-'))
  const { writer, placed, ends } = await startDraft(folder.path)
  await writer.append(Buffer.from('abc'))
  await writer[Symbol.asyncDispose]()
  await writer[Symbol.asyncDispose]()
  assert.deepEqual([placed, await readdir(folder.path), ends()], [[], [], 1])
})

test('appending twice at once, or after the seal, is a bug of the caller', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-writer-'))
  const { writer } = await startDraft(folder.path)
  const first = writer.append(Buffer.from('first'))
  await assert.rejects(writer.append(Buffer.from('second')), { code: 'ERR_ASSERTION' })
  await first
  assert.equal(await writer.seal(), digestOf(Buffer.from('first')))
  await assert.rejects(writer.append(Buffer.from('third')), { code: 'ERR_ASSERTION' })
  await assert.rejects(writer.seal(), { code: 'ERR_ASSERTION' })
})
