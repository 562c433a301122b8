import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from '#core'
import { memoryBlobStore } from '#store'
import { decodeChunkList } from '#wire'
import { confirmPieces } from './confirm-pieces.ts'
import { archiveOf, never } from './transfer-scene.conformance.ts'

const MIB = LIMITS.pieceBytes
const { content, list, artifact } = archiveOf('confirm', 3 * MIB + 10)
const hashes = decodeChunkList(list, content.length)
const check = (piece: number, sha256: Uint8Array): boolean => hashes.matches(piece, sha256)

test('of an interrupted try the right pieces count, and only they have not to be written again', async () => {
  const blobs = memoryBlobStore()
  const before = await blobs.partial(artifact.digest, content.length)
  assert.equal((await confirmPieces(before, check, never)).size, 0)
  await before.write(0, [content.subarray(0, MIB)])
  await before.write(MIB, [new Uint8Array(MIB)])
  await before.write(3 * MIB, [content.subarray(3 * MIB)])
  await before[Symbol.asyncDispose]()
  await using after = await blobs.partial(artifact.digest, content.length)
  const here = await confirmPieces(after, check, never)
  assert.deepEqual([0, 1, 2, 3].filter((piece) => here.has(piece)), [0, 3])
  await after.write(MIB, [content.subarray(MIB, 3 * MIB)])
  await after.seal(artifact.sha512)
})

test('looking ends with the signal', async () => {
  const blobs = memoryBlobStore()
  await (await blobs.partial(artifact.digest, content.length))[Symbol.asyncDispose]()
  const partial = await blobs.partial(artifact.digest, content.length)
  if (partial.isResumed) await assert.rejects(confirmPieces(partial, check, AbortSignal.abort(new Error('enough'))), /enough/)
  await partial.write(0, [content.subarray(0, 10)])
  await partial[Symbol.asyncDispose]()
  await using again = await blobs.partial(artifact.digest, content.length)
  await assert.rejects(confirmPieces(again, check, AbortSignal.abort(new Error('enough'))), /enough/)
})
