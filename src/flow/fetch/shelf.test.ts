import { digestOf, LIMITS, PieceSet } from '#core'
import { memoryBlobStore } from '#store'
import { seeded } from '#testing'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createShelf, type RunningBlob } from './shelf.ts'

const never = new AbortController().signal
const MiB = LIMITS.pieceBytes
const content = seeded('shelf').bytes(3 * MiB + 5)
const digest = digestOf(content)

const pieces = (...numbers: readonly number[]): PieceSet => {
  const set = new PieceSet(4)
  for (const piece of numbers) set.add(piece)
  return set
}

const running = (...numbers: readonly number[]): RunningBlob => ({
  sizeBytes: content.length,
  pieces: pieces(...numbers),
  read: async ({ offset, length }) => content.slice(offset, offset + length),
})

const put = async (blobs: ReturnType<typeof memoryBlobStore>): Promise<void> => {
  await using writer = await blobs.create()
  await writer.append(content)
  await writer.seal()
}

const notFound = { code: 'blob-not-found' }
const gathered = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => Buffer.concat(await Array.fromAsync(chunks))
const same = (bytes: Buffer, offset: number, length: number): void => assert.equal(Buffer.compare(bytes, content.subarray(offset, offset + length)), 0)

describe('a shelf', () => {
  test('gives whole blobs, in any range', async () => {
    const blobs = memoryBlobStore()
    await put(blobs)
    const shelf = createShelf({ blobs, running: () => running(0) })
    assert.deepEqual(await shelf.look(digest), { sizeBytes: content.length })
    for (const [offset, length] of [[0, content.length], [MiB - 1, 2 * MiB], [3 * MiB, 5]] as const) {
      same(await gathered(shelf.read(digest, { offset, length }, never)), offset, length)
    }
  })

  test('gives the verified pieces of a running download, in chunks of a piece, and nothing else of it', async () => {
    const shelf = createShelf({ blobs: memoryBlobStore(), running: () => running(1, 2) })
    const shelved = await shelf.look(digest)
    assert.deepEqual([shelved?.sizeBytes, shelved?.pieces?.size], [content.length, 2])
    const chunks = await Array.fromAsync(shelf.read(digest, { offset: MiB + 7, length: 2 * MiB - 7 }, never))
    assert.deepEqual(chunks.map(({ length }) => length), [MiB - 7, MiB])
    same(Buffer.concat(chunks), MiB + 7, 2 * MiB - 7)
    for (const [offset, length] of [[0, 1], [2 * MiB, MiB + 1], [content.length, 1], [2 * MiB, 9 * MiB]] as const) {
      await assert.rejects(gathered(shelf.read(digest, { offset, length }, never)), notFound)
    }
  })

  test('has nothing of what is not held, and of a download without a piece', async () => {
    for (const part of [undefined, running()]) {
      const shelf = createShelf({ blobs: memoryBlobStore(), running: () => part })
      assert.equal(await shelf.look(digest), undefined)
      await assert.rejects(gathered(shelf.read(digest, { offset: 0, length: 1 }, never)), notFound)
    }
  })

  test('gives nothing of what the disk has damaged', async () => {
    const blobs = memoryBlobStore()
    await put(blobs)
    blobs.confirm = async () => false
    const shelf = createShelf({ blobs, running: () => undefined })
    for (const length of [1, content.length]) await assert.rejects(gathered(shelf.read(digest, { offset: 0, length }, never)), notFound)
  })

  test('has nothing of what is withheld, whole or in part, until it is not any more', async () => {
    const blobs = memoryBlobStore()
    for (const part of [running(0), undefined]) {
      let isWithheld = true
      const shelf = createShelf({ blobs, running: () => part, withholds: (asked) => asked === digest && isWithheld })
      assert.equal(await shelf.look(digest), undefined)
      for (const length of [1, MiB]) await assert.rejects(gathered(shelf.read(digest, { offset: 0, length }, never)), notFound)
      if (part === undefined) await assert.rejects(gathered(shelf.read(digest, { offset: 0, length: content.length }, never)), notFound)
      isWithheld = false
      assert.equal((await shelf.look(digest))?.sizeBytes, content.length)
      same(await gathered(shelf.read(digest, { offset: 0, length: 9 }, never)), 0, 9)
      await put(blobs)
    }
  })

  test('goes on from the store when a download is completed while it is read, and ends when it is given up', async () => {
    const blobs = memoryBlobStore()
    let part: RunningBlob | undefined = running(0, 1, 2, 3)
    const shelf = createShelf({ blobs, running: () => part })
    const reading = shelf.read(digest, { offset: 0, length: content.length }, never)[Symbol.asyncIterator]()
    const first = await reading.next()
    await put(blobs)
    part = undefined
    const rest = await gathered({ [Symbol.asyncIterator]: () => reading })
    same(Buffer.concat([first.value as Uint8Array, rest]), 0, content.length)

    const closing: RunningBlob = { ...running(0, 1), read: async () => { await put(blobs); throw new Error('closed') } }
    const kept = createShelf({ blobs: memoryBlobStore(), running: () => closing })
    await assert.rejects(gathered(kept.read(digest, { offset: 0, length: 1 }, never)), /closed/)
    const moved = memoryBlobStore()
    const sealing: RunningBlob = { ...running(0, 1), read: async () => { await put(moved); throw new Error('closed') } }
    same(await gathered(createShelf({ blobs: moved, running: () => sealing }).read(digest, { offset: 3, length: MiB }, never)), 3, MiB)
  })

  test('ends on its signal', async () => {
    const shelf = createShelf({ blobs: memoryBlobStore(), running: () => running(0) })
    await assert.rejects(gathered(shelf.read(digest, { offset: 0, length: 1 }, AbortSignal.abort(new Error('enough')))), /enough/)
  })
})
