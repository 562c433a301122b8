import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { suite, test, type TestContext } from 'node:test'
import { type Digest, digestOf, isGgenError, LIMITS } from '#core'
import type { BlobQuota, BlobStore } from './blob-store.ts'

type Open = (context: TestContext, quota: BlobQuota) => Promise<BlobStore>

const put = async (store: BlobStore, bytes: Uint8Array): Promise<Digest> => {
  await using writer = await store.create()
  await writer.append(bytes)
  return await writer.seal()
}

const fetched = async (store: BlobStore, bytes: Uint8Array): Promise<Digest> => {
  await using partial = await store.partial(digestOf(bytes), bytes.length)
  await partial.write(0, [bytes])
  await partial.seal()
  return partial.digest
}

const isFull = (error: unknown): boolean => isGgenError(error, 'disk-full') && error.hint.includes('[storage] quota')
const isHeld = async (store: BlobStore, digests: readonly Digest[]): Promise<boolean[]> =>
  Promise.all(digests.map(async (digest) => (await store.size(digest)) !== undefined))

/** A clock that goes on by a second with every look. */
const tickingClock = (): { now(): number } => {
  let now = 1_700_000_000_000
  return { now: () => (now += 1000) }
}

/** What every blob store must do when it becomes full. `open` gives an empty one and clears up after the test. */
export const blobQuotaConformance = (name: string, open: Open): void => {
  suite(`${name} stays under its quota`, () => {
    evictionConformance(open)
    protectionConformance(open)
    raceConformance(open)
    sweepConformance(open)
  })
}

const evictionConformance = (open: Open): void => {
  test('what was used longest ago goes, and no more than it takes', async (context) => {
    await using store = await open(context, { quotaBytes: 300, clock: tickingClock() })
    const [a, b, c] = [await put(store, randomBytes(100)), await fetched(store, randomBytes(100)), await put(store, randomBytes(100))]
    await store.read(a, { offset: 0, length: 1 })
    await put(store, randomBytes(50))
    assert.deepEqual(await isHeld(store, [a, b, c]), [true, false, true])
    await put(store, randomBytes(50))
    assert.deepEqual(await isHeld(store, [a, b, c]), [true, false, true])
    await Array.fromAsync(store.stream(c))
    await fetched(store, randomBytes(60))
    assert.deepEqual(await isHeld(store, [a, b, c]), [false, false, true])
    assert.deepEqual(await store.usage(), { count: 4, bytes: 260, partialBytes: 0, quotaBytes: 300 })
  })

  test('partial blobs that nobody has open go by their age as well', async (context) => {
    await using store = await open(context, { quotaBytes: 300, clock: tickingClock() })
    const wanted = randomBytes(150)
    {
      await using partial = await store.partial(digestOf(wanted), 150)
      await partial.write(0, [wanted.subarray(0, 10)])
    }
    const kept = await put(store, randomBytes(100))
    assert.equal((await store.usage()).partialBytes, 150)
    const late = await put(store, randomBytes(100))
    assert.deepEqual(await isHeld(store, [kept, late]), [true, true])
    assert.equal((await store.usage()).partialBytes, 0)
    await using again = await store.partial(digestOf(wanted), 100)
    assert.equal(again.isResumed, false)
  })

  test('the number of partial blobs is bounded: the oldest that nobody has open gives way', async (context) => {
    await using store = await open(context, { clock: tickingClock() })
    const digests = Array.from({ length: LIMITS.partialBlobs + 1 }, (_, index) => digestOf(Buffer.from(`partial ${index}`)))
    for (const digest of digests) {
      await using partial = await store.partial(digest, 2)
      await partial.write(0, [Uint8Array.of(1)])
    }
    const isResumed: boolean[] = []
    for (const index of [0, 1, LIMITS.partialBlobs]) {
      await using partial = await store.partial(digests[index] ?? assert.fail(), 2)
      isResumed.push(partial.isResumed)
    }
    assert.deepEqual(isResumed, [false, false, true], 'opening the first one anew takes the place of the second')
  })
}

const protectionConformance = (open: Open): void => {
  test('a blob that could never fit is refused, and nothing goes for it in vain', async (context) => {
    await using store = await open(context, { quotaBytes: 300 })
    const held = await put(store, randomBytes(200))
    await assert.rejects(store.partial(digestOf(randomBytes(301)), 301), isFull)
    await assert.rejects(put(store, randomBytes(301)), isFull)
    assert.deepEqual(await store.usage(), { count: 1, bytes: 200, partialBytes: 0, quotaBytes: 300 })
    assert.deepEqual(await isHeld(store, [held]), [true])
  })

  test('what is kept never goes', async (context) => {
    const kept = new Set<Digest>()
    await using store = await open(context, { quotaBytes: 300, isKept: (digest) => kept.has(digest) })
    const [a, b] = [await put(store, randomBytes(100)), await put(store, randomBytes(100))]
    kept.add(a)
    const c = await put(store, randomBytes(200))
    assert.deepEqual(await isHeld(store, [a, b, c]), [true, false, true])
    kept.add(c)
    await assert.rejects(put(store, randomBytes(1)), isFull)
    await assert.rejects(store.partial(digestOf(randomBytes(1)), 1), isFull)
    kept.delete(a)
    await put(store, randomBytes(1))
    assert.deepEqual(await isHeld(store, [a, c]), [false, true])
  })

  test('what is being read or written does not go', async (context) => {
    await using store = await open(context, { quotaBytes: 300, clock: tickingClock() })
    const [bytes, wanted] = [randomBytes(100), randomBytes(100)]
    const read = await put(store, bytes)
    const stream = store.stream(read, { chunkBytes: 40 })[Symbol.asyncIterator]()
    const first = await stream.next()
    await using partial = await store.partial(digestOf(wanted), 100)
    await using writer = await store.create()
    await writer.append(randomBytes(100))
    await assert.rejects(put(store, randomBytes(1)), isFull)
    assert.deepEqual(await isHeld(store, [read]), [true])
    const rest = [await stream.next(), await stream.next(), await stream.next()]
    assert.deepEqual(Buffer.concat([first, ...rest].flatMap(({ value, done }) => (done === true ? [] : [value as Uint8Array]))), bytes)
    await put(store, randomBytes(1))
    assert.deepEqual(await isHeld(store, [read]), [false], 'after the last reader it may go')
    await partial.write(0, [wanted])
    await partial.seal()
    await writer.seal()
    assert.equal((await store.usage()).bytes, 201)
  })

  test('what was not sealed gives its room back', async (context) => {
    await using store = await open(context, { quotaBytes: 300 })
    for (let time = 0; time < 3; time += 1) {
      await using writer = await store.create()
      await writer.append(randomBytes(200))
      await using other = await store.create()
      await assert.rejects(other.append(randomBytes(101)), isFull)
      await assert.rejects(writer.seal(digestOf(randomBytes(1))), (error) => isGgenError(error, 'integrity'))
      const partial = await store.partial(digestOf(randomBytes(1)), 300)
      await partial.discard()
    }
    await put(store, randomBytes(300))
  })
}

const raceConformance = (open: Open): void => {
  test('however many write at once, it is never exceeded, and everyone who fits is served', async (context) => {
    const quotaBytes = 10_000
    await using store = await open(context, { quotaBytes })
    let most = 0
    const look = async (): Promise<void> => {
      const { bytes, partialBytes } = await store.usage()
      most = Math.max(most, bytes + partialBytes)
    }
    const outcomes = await Promise.allSettled(Array.from({ length: 120 }, async (_, index) => {
      const bytes = randomBytes(100 + ((index * 37) % 400))
      const digest = await (index % 2 === 0 ? put : fetched)(store, bytes)
      await look()
      await store.read(digest, { offset: 0, length: 1 }).catch((error: unknown) => assert(isGgenError(error, 'blob-not-found')))
    }))
    await look()
    for (const outcome of outcomes) assert(outcome.status === 'fulfilled' || isFull(outcome.reason), String(outcome.status === 'rejected' && outcome.reason))
    assert(outcomes.some(({ status }) => status === 'fulfilled'))
    assert(most > 0 && most <= quotaBytes, `${most} bytes at most`)
    for (let index = 0; index < 50; index += 1) await put(store, randomBytes(400))
    const { count, bytes } = await store.usage()
    assert.deepEqual([count, bytes], [25, 10_000], 'those in turn all found room')
  })

  test('many partial blobs at once reserve no more than there is', async (context) => {
    await using store = await open(context, { quotaBytes: 1000 })
    const openings = await Promise.allSettled(Array.from({ length: 30 }, async () => store.partial(digestOf(randomBytes(8)), 100)))
    assert.equal(openings.filter(({ status }) => status === 'fulfilled').length, 10)
    for (const opening of openings) if (opening.status === 'rejected') assert(isFull(opening.reason))
    for (const opening of openings) if (opening.status === 'fulfilled') await opening.value[Symbol.asyncDispose]()
    await put(store, randomBytes(1000))
  })
}

const sweepConformance = (open: Open): void => {
  test('everything that is neither kept nor in use can be dropped at once, and counted', async (context) => {
    const kept = new Set<Digest>()
    await using store = await open(context, { quotaBytes: 10_000, isKept: (digest) => kept.has(digest), clock: tickingClock() })
    const [dear, read] = [await put(store, randomBytes(100)), await put(store, randomBytes(200))]
    const others = [await put(store, randomBytes(300)), await fetched(store, randomBytes(400))]
    kept.add(dear)
    {
      await using partial = await store.partial(digestOf(randomBytes(8)), 50)
      await partial.write(0, [randomBytes(50)])
    }
    const held = await store.list()
    assert.deepEqual(new Map(held.map(({ digest, sizeBytes, isKept }) => [digest, [sizeBytes, isKept]])).get(dear), [100, true])
    assert.deepEqual([held.length, held.filter(({ isKept }) => isKept).length], [4, 1])
    const reading = store.stream(read)[Symbol.asyncIterator]()
    await reading.next()
    assert.deepEqual(await store.sweep(), { count: 2, bytes: 750 })
    assert.deepEqual(await isHeld(store, [dear, read, ...others]), [true, true, false, false])
    await reading.return?.()
    assert.deepEqual(await store.sweep(), { count: 1, bytes: 200 })
    assert.deepEqual(await store.usage(), { count: 1, bytes: 100, partialBytes: 0, quotaBytes: 10_000 })
    await assert.rejects(store.sweep(AbortSignal.abort(new Error('enough'))), /enough/)
  })
}
