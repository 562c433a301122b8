import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { digestOf } from '#core'
import { InOrderHash } from './in-order-hash.ts'

const sha512Of = (bytes: Uint8Array): string => createHash('sha512').update(bytes).digest('hex')

interface Scene {
  readonly hash: InOrderHash
  readonly bytes: Buffer
  /** What was read back, as offset and length. */
  readonly readBack: (readonly [number, number])[]
  /** A range is on its way, and then in the file. */
  write(offset: number, length: number): void
}

const begin = (sizeBytes: number): Scene => {
  const [bytes, readBack] = [randomBytes(sizeBytes), [] as [number, number][]]
  const hash = new InOrderHash(sizeBytes, { readBack: async (into, offset) => {
    readBack.push([offset, into.length])
    await new Promise(setImmediate)
    bytes.copy(into, 0, offset)
  } })
  const write = (offset: number, length: number): void => {
    hash.take(offset, [bytes.subarray(offset, offset + 1), bytes.subarray(offset + 1, offset + length)])
    hash.arrived(offset, length)
  }
  return { hash, bytes, readBack, write }
}

test('what comes in order is never read back', async () => {
  const { hash, bytes, readBack, write } = begin(100)
  for (let offset = 0; offset < 100; offset += 10) write(offset, 10)
  const actual = await hash.finish()
  assert.deepEqual([actual.digest, actual.sha512, actual.sizeBytes], [digestOf(bytes), sha512Of(bytes), 100])
  assert.deepEqual(readBack, [])
})

test('what comes early is read back once, when everything before it is there', async () => {
  const { hash, bytes, readBack, write } = begin(100)
  write(40, 10)
  write(20, 10)
  write(0, 10)
  await hash.drop()
  assert.deepEqual(readBack, [])
  write(10, 10)
  assert(!hash.isWhole)
  write(50, 50)
  await hash.drop()
  write(30, 10)
  assert(hash.isWhole)
  assert.equal((await hash.finish()).digest, digestOf(bytes))
  assert.deepEqual(readBack, [[20, 10], [40, 60]])
})

test('what comes while something is being read back waits its turn', async () => {
  const { hash, bytes, readBack, write } = begin(100)
  write(10, 10)
  write(0, 10)
  write(20, 80)
  assert.equal((await hash.finish()).digest, digestOf(bytes))
  assert.deepEqual(readBack, [[10, 10], [20, 80]])
})

test('what cannot be read back fails at the end, and not before', async () => {
  const broken = new Error('broken')
  const hash = new InOrderHash(20, { readBack: () => Promise.reject(broken) })
  hash.arrived(10, 10)
  hash.take(0, [new Uint8Array(10)])
  hash.arrived(0, 10)
  await hash.drop()
  await assert.rejects(hash.finish(), (error) => error === broken)
})
