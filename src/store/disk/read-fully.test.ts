import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdtempDisposable, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { BlobRange } from '#store'
import { readAhead, readFully, readInto, writeFully } from './read-fully.ts'

type Piece = [bytes: Uint8Array, at: number, length: number, position: number]

/** A file whose calls take or give a few bytes at a time, as the system may do. */
const stingy = (file: FileHandle, most: number): FileHandle =>
  new Proxy(file, {
    get: (target, property) => {
      if (property === 'read') {
        return (...[bytes, at, length, position]: Piece) => target.read(bytes, at, Math.min(most, length), position)
      }
      if (property === 'write') {
        return (...[bytes, at, length, position]: Piece) => target.write(bytes, at, Math.min(most, length), position)
      }
      if (property === 'writev') {
        return (chunks: readonly Uint8Array[], position: number) => target.writev([Buffer.concat(chunks).subarray(0, most)], position)
      }
      return Reflect.get(target, property, target) as unknown
    },
  })

test('whatever the system takes or gives at a time, all bytes are written and read at their place', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-fully-'))
  await using file = await open(join(folder.path, 'file'), 'w+')
  const bytes = randomBytes(40)
  for (const most of [1, 3, 10, 25, 100]) {
    await file.truncate(0)
    const chunks = [bytes.subarray(0, 10), bytes.subarray(10, 10), bytes.subarray(10, 11), bytes.subarray(11)]
    await writeFully(stingy(file, most), 5, chunks)
    const expected = Buffer.concat([Buffer.alloc(5), bytes])
    assert.deepEqual(Buffer.from(await readFully(stingy(file, most), { offset: 0, length: 45 })), expected, `${most} at a time`)
    assert.deepEqual(Buffer.from(await readFully(stingy(file, most), { offset: 40, length: 45 })), expected.subarray(40))
    const zeros = new Uint8Array(10)
    assert.equal(await readInto(stingy(file, most), zeros, 43), 2)
    assert.deepEqual(Buffer.from(zeros), Buffer.concat([expected.subarray(43), Buffer.alloc(8)]))
  }
})

const ranges: readonly BlobRange[] = [0, 1, 2, 3].map((offset) => ({ offset, length: 1 }))

test('the next range is read while the reader is busy, and only that one', async () => {
  const asked: number[] = []
  const read = async ({ offset }: BlobRange): Promise<Uint8Array> => {
    asked.push(offset)
    return Uint8Array.of(offset)
  }
  const seen: (readonly [number | undefined, number])[] = []
  for await (const chunk of readAhead(ranges, read, undefined)) seen.push([chunk[0], asked.length])
  assert.deepEqual(seen, [[0, 2], [1, 3], [2, 4], [3, 4]])
})

test('a failure comes at its place, and who leaves early waits for what is being read', async () => {
  const broken = new Error('broken')
  const read = async ({ offset }: BlobRange): Promise<Uint8Array> => {
    await new Promise(setImmediate)
    if (offset === 2) throw broken
    return Uint8Array.of(offset)
  }
  const seen: number[] = []
  await assert.rejects(async () => {
    for await (const chunk of readAhead(ranges, read, undefined)) seen.push(...chunk)
  }, (error) => error === broken)
  assert.deepEqual(seen, [0, 1])
  for await (const chunk of readAhead(ranges, read, undefined)) if (chunk[0] === 1) break
  const reason = new Error('enough')
  await assert.rejects(Array.fromAsync(readAhead(ranges, read, AbortSignal.abort(reason))), (error) => error === reason)
})
