import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Digest, digestOf, isGgenError } from '#core'
import { BlobLedger } from './blob-ledger.ts'
import type { Evictable } from './choose-victims.ts'

/** Blobs that are only counted; looking at all of them, and removing, takes its time. */
class CountedBlobs {
  readonly held = new Map<Digest, Evictable>()
  listings = 0

  async list(): Promise<Evictable[]> {
    this.listings += 1
    await new Promise(setImmediate)
    return [...this.held.values()]
  }

  async drop({ digest }: Evictable): Promise<void> {
    await new Promise(setImmediate)
    this.held.delete(digest)
  }

  async assertRoom(): Promise<void> {
    await new Promise(setImmediate)
  }
}

const digestNamed = (label: string): Digest => digestOf(Buffer.from(label))

const blob = (label: string, sizeBytes: number, usedAt = 0): Evictable => ({ digest: digestNamed(label), kind: 'blob', sizeBytes, usedAt })

const ticking = (): { now(): number } => {
  let now = 100_000
  return { now: () => (now += 1) }
}

/** Seals a blob. */
const place = async (ledger: BlobLedger, blobs: CountedBlobs, { label, sizeBytes }: { label: string; sizeBytes: number }): Promise<void> => {
  using reserved = ledger.reservation()
  await reserved.grow(sizeBytes)
  await ledger.exclusively(async () => {
    const before = blobs.held.get(digestNamed(label))?.sizeBytes
    blobs.held.set(digestNamed(label), blob(label, sizeBytes))
    reserved[Symbol.dispose]()
    ledger.placed({ digest: digestNamed(label), sizeBytes, before })
  })
}

test('a full store does not look at all of its blobs for every new one', async () => {
  const blobs = new CountedBlobs()
  for (let index = 0; index < 6000; index += 1) blobs.held.set(digestNamed(`old ${index}`), blob(`old ${index}`, 10, index))
  const ledger = new BlobLedger(blobs, { quotaBytes: 60_000, clock: ticking() })
  for (let index = 0; index < 4500; index += 1) await place(ledger, blobs, { label: `new ${index}`, sizeBytes: 10 })
  assert(!blobs.held.has(digestNamed('old 4499')) && blobs.held.has(digestNamed('old 4500')), 'the oldest went, exactly')
  assert.deepEqual(await ledger.usage(), { count: 6000, bytes: 60_000, partialBytes: 0, quotaBytes: 60_000 })
  assert(blobs.listings <= 4, `${blobs.listings} times`)
})

test('what was used since it was remembered as old is not taken for old', async () => {
  const blobs = new CountedBlobs()
  for (const [index, label] of ['a', 'b', 'c'].entries()) blobs.held.set(digestNamed(label), blob(label, 10, index))
  const ledger = new BlobLedger(blobs, { quotaBytes: 30, clock: ticking() })
  await place(ledger, blobs, { label: 'd', sizeBytes: 10 })
  ledger.used(digestNamed('b'))
  await place(ledger, blobs, { label: 'e', sizeBytes: 10 })
  assert.deepEqual([...blobs.held.keys()].sort(), ['b', 'd', 'e'].map(digestNamed).sort())
})

test('what comes into use while it is being dropped stays, and something else goes', async () => {
  const blobs = new CountedBlobs()
  for (const [index, label] of ['a', 'b'].entries()) blobs.held.set(digestNamed(label), blob(label, 10, index))
  const ledger = new BlobLedger(blobs, { quotaBytes: 20, clock: ticking() })
  await ledger.usage()
  const gate = Promise.withResolvers<void>()
  const busy = ledger.exclusively(() => gate.promise)
  const placing = place(ledger, blobs, { label: 'c', sizeBytes: 10 })
  await new Promise(setImmediate)
  using _reading = ledger.reading(digestNamed('a'))
  gate.resolve()
  await Promise.all([busy, placing])
  assert.deepEqual([...blobs.held.keys()].sort(), ['a', 'c'].map(digestNamed).sort())
})

test('what is discarded goes whoever keeps or reads it, and counts no more', async () => {
  const blobs = new CountedBlobs()
  for (const label of ['a', 'b']) blobs.held.set(digestNamed(label), blob(label, 10))
  const ledger = new BlobLedger(blobs, { quotaBytes: 20, clock: ticking(), isKept: () => true })
  await ledger.usage()
  using _reading = ledger.reading(digestNamed('a'))
  await ledger.discard(digestNamed('a'), async () => 10)
  await ledger.discard(digestNamed('b'), async () => undefined)
  const { count, bytes } = await ledger.usage()
  assert.deepEqual([[...blobs.held.keys()], count, bytes], [[digestNamed('b')], 1, 10])
})

test('two readers of one blob are two', async () => {
  const blobs = new CountedBlobs()
  blobs.held.set(digestNamed('a'), blob('a', 10))
  const ledger = new BlobLedger(blobs, { quotaBytes: 10, clock: ticking() })
  const [first, second] = [ledger.reading(digestNamed('a')), ledger.reading(digestNamed('a'))]
  first[Symbol.dispose]()
  using reserved = ledger.reservation()
  await assert.rejects(reserved.grow(1), (error) => isGgenError(error, 'disk-full'))
  second[Symbol.dispose]()
  await reserved.grow(1)
  assert.equal(blobs.held.size, 0)
})

test('a blob that was removed by somebody else is noticed when room is needed', async () => {
  const blobs = new CountedBlobs()
  for (const label of ['a', 'b']) blobs.held.set(digestNamed(label), blob(label, 10))
  const ledger = new BlobLedger(blobs, { quotaBytes: 20, clock: ticking(), isKept: () => true })
  assert.equal((await ledger.usage()).bytes, 20)
  blobs.held.clear()
  using reserved = ledger.reservation()
  await reserved.grow(20)
  await assert.rejects(reserved.grow(1), (error) => isGgenError(error, 'disk-full'))
  assert.equal((await ledger.usage()).bytes, 0)
})

test('a partial blob that cannot be removed stays reserved, and can be opened again', async () => {
  const blobs = new CountedBlobs()
  const failure = new Error('cannot be removed')
  const failing = { list: () => blobs.list(), assertRoom: () => blobs.assertRoom(), drop: () => Promise.reject(failure) }
  const ledger = new BlobLedger(failing, { quotaBytes: 20, clock: ticking() })
  assert.equal(await ledger.openPartial(digestNamed('a'), 10), false)
  await assert.rejects(ledger.discardPartial(digestNamed('a')), (error) => error === failure)
  assert.equal((await ledger.usage()).partialBytes, 10)
  await assert.rejects(ledger.openPartial(digestNamed('a'), 11), (error) => error === failure)
  assert.equal(await ledger.openPartial(digestNamed('a'), 10), true)
})
