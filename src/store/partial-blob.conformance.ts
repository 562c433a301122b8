import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { suite, test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { type Digest, digestOf, isGgenError, type Sha512 } from '#core'
import type { BlobQuota, BlobStore } from './blob-store.ts'
import type { PartialBlob } from './partial-blob.ts'

type Open = (context: TestContext, quota?: BlobQuota) => Promise<BlobStore>

const KIB = 1024
const bytesOf = async (store: BlobStore, digest: Digest): Promise<Buffer> => Buffer.concat(await Array.fromAsync(store.stream(digest)))
const sha512Of = (bytes: Uint8Array): Sha512 => createHash('sha512').update(bytes).digest('hex') as Sha512
const isBusy = (error: unknown): boolean => isGgenError(error, 'too-busy')
const isWrong = (error: unknown): boolean => isGgenError(error, 'integrity')

/** What every blob store must do with blobs that arrive in any order. `open` gives an empty one and clears up after the test. */
export const partialBlobConformance = (name: string, open: Open): void => {
  suite(`${name} holds partial blobs`, () => {
    arrivalConformance(open)
    openingConformance(open)
    endingConformance(open)
    orderConformance(open)
  })
}

const arrivalConformance = (open: Open): void => {
  test('what was written in any order is a blob after the seal, and not before', async (context) => {
    await using store = await open(context)
    const bytes = randomBytes(10 * KIB)
    await using partial = await store.partial(digestOf(bytes), bytes.length)
    assert.deepEqual([partial.digest, partial.sizeBytes, partial.isResumed], [digestOf(bytes), bytes.length, false])
    await partial.write(4 * KIB, [bytes.subarray(4 * KIB, 5 * KIB), bytes.subarray(5 * KIB)])
    await partial.write(0, [bytes.subarray(0, KIB), new Uint8Array(), bytes.subarray(KIB, 4 * KIB)])
    assert.equal(await store.size(digestOf(bytes)), undefined)
    await partial.seal(sha512Of(bytes))
    assert.equal(await store.size(digestOf(bytes)), bytes.length)
    assert.deepEqual(await bytesOf(store, digestOf(bytes)), bytes)
    const { count, bytes: held, partialBytes } = await store.usage()
    assert.deepEqual([count, held, partialBytes], [1, bytes.length, 0])
  })

  test('a blob that comes by one write is sealed', async (context) => {
    await using store = await open(context)
    for (const bytes of [randomBytes(8 * KIB), new Uint8Array()]) {
      await using partial = await store.partial(digestOf(bytes), bytes.length)
      if (bytes.length > 0) await partial.write(0, [bytes])
      await partial.seal()
      assert.deepEqual(await bytesOf(store, digestOf(bytes)), Buffer.from(bytes))
    }
  })

  test('what was not written reads as zeros, and reading ends at the end of the blob', async (context) => {
    await using store = await open(context)
    const bytes = randomBytes(100)
    await using partial = await store.partial(digestOf(bytes), 100)
    assert.deepEqual(await partial.read({ offset: 90, length: 100 }), new Uint8Array(10))
    await partial.write(40, [bytes.subarray(40, 50)])
    const expected = new Uint8Array(100)
    expected.set(bytes.subarray(40, 50), 40)
    assert.deepEqual(await partial.read({ offset: 0, length: 1000 }), expected)
    assert.deepEqual(await partial.read({ offset: 100, length: 5 }), new Uint8Array())
  })

  test('many writes at once do not disturb each other', async (context) => {
    await using store = await open(context)
    const bytes = randomBytes(64 * KIB)
    await using partial = await store.partial(digestOf(bytes), bytes.length)
    const offsets = Array.from({ length: 64 }, (_, index) => ((index * 37) % 64) * KIB)
    await Promise.all(offsets.map((offset) => partial.write(offset, [bytes.subarray(offset, offset + KIB)])))
    await partial.seal(sha512Of(bytes))
    assert.deepEqual(await bytesOf(store, digestOf(bytes)), bytes)
    assert(!store.hasPartial(digestOf(bytes)))
  })

  test('bytes that were written twice, lie outside or are missing at the seal are a bug of the caller', async (context) => {
    await using store = await open(context)
    const bytes = randomBytes(100)
    await using partial = await store.partial(digestOf(bytes), 100)
    await partial.write(0, [bytes.subarray(0, 50)])
    await assert.rejects(partial.seal(), { code: 'ERR_ASSERTION' })
    await assert.rejects(partial.write(49, [bytes.subarray(49, 51)]), { code: 'ERR_ASSERTION' })
    await assert.rejects(partial.write(99, [new Uint8Array(2)]), { code: 'ERR_ASSERTION' })
    await partial.write(50, [bytes.subarray(50)])
    await partial.seal()
    await assert.rejects(partial.write(0, []), { code: 'ERR_ASSERTION' })
    await assert.rejects(partial.seal(), { code: 'ERR_ASSERTION' })
  })
}

const openingConformance = (open: Open): void => {
  test('disposing keeps the bytes for a later opening, which confirms what is right', async (context) => {
    await using store = await open(context)
    const bytes = randomBytes(4 * KIB)
    {
      await using first = await store.partial(digestOf(bytes), bytes.length)
      await first.write(KIB, [bytes.subarray(KIB, 2 * KIB)])
    }
    assert.equal((await store.usage()).partialBytes, 4 * KIB)
    assert.deepEqual([store.hasPartial(digestOf(bytes)), store.hasPartial(digestOf(Buffer.from('other')))], [true, false])
    await using second = await store.partial(digestOf(bytes), bytes.length)
    assert(second.isResumed)
    const kept = await second.read({ offset: KIB, length: KIB })
    assert.deepEqual(Buffer.from(kept), bytes.subarray(KIB, 2 * KIB))
    await second.confirm(KIB, kept)
    await assert.rejects(second.seal(), { code: 'ERR_ASSERTION' }, 'what was not written again or confirmed does not count')
    await second.write(0, [bytes.subarray(0, KIB)])
    await second.write(2 * KIB, [bytes.subarray(2 * KIB)])
    await second.seal(sha512Of(bytes))
    assert.deepEqual(await bytesOf(store, digestOf(bytes)), bytes)
  })

  test('only one at a time has it open', async (context) => {
    await using store = await open(context)
    const digest = digestOf(randomBytes(10))
    const first = await store.partial(digest, 10)
    await assert.rejects(store.partial(digest, 10), isBusy)
    await assert.rejects(store.partial(digest, 11), isBusy)
    await first[Symbol.asyncDispose]()
    const openings = await Promise.allSettled([store.partial(digest, 10), store.partial(digest, 10)])
    assert.deepEqual(openings.map(({ status }) => status), ['fulfilled', 'rejected'])
    for (const opening of openings) if (opening.status === 'fulfilled') await opening.value[Symbol.asyncDispose]()
  })

  test('another size drops the bytes', async (context) => {
    await using store = await open(context)
    const bytes = randomBytes(100)
    {
      await using first = await store.partial(digestOf(bytes), 50)
      await first.write(0, [bytes.subarray(0, 50)])
    }
    await using second = await store.partial(digestOf(bytes), 100)
    assert.equal(second.isResumed, false)
    assert.deepEqual(await second.read({ offset: 0, length: 100 }), new Uint8Array(100))
    assert.equal((await store.usage()).partialBytes, 100)
  })

  test('a blob that is held already may be fetched again', async (context) => {
    await using store = await open(context)
    const bytes = randomBytes(100)
    for (let time = 0; time < 2; time += 1) {
      await using partial = await store.partial(digestOf(bytes), 100)
      await partial.write(0, [bytes])
      await partial.seal()
    }
    const { count, bytes: held, partialBytes } = await store.usage()
    assert.deepEqual([count, held, partialBytes], [1, 100, 0])
  })
}

const endingConformance = (open: Open): void => {
  test('wrong bytes are never named, and nothing of them stays', async (context) => {
    await using store = await open(context)
    const bytes = randomBytes(100)
    await using partial = await store.partial(digestOf(bytes), 100)
    await partial.write(0, [bytes.subarray(0, 99), Uint8Array.of((bytes[99] ?? 0) ^ 1)])
    await assert.rejects(partial.seal(), isWrong)
    assert.equal(await store.size(digestOf(bytes)), undefined)
    await using again = await store.partial(digestOf(bytes), 100)
    assert.equal(again.isResumed, false)
    await again.write(0, [bytes])
    await assert.rejects(again.seal(sha512Of(Buffer.from('something else'))), isWrong)
    const { count, partialBytes } = await store.usage()
    assert.deepEqual([count, partialBytes], [0, 0])
  })

  test('discarding drops the bytes and gives their room back', async (context) => {
    await using store = await open(context)
    const bytes = randomBytes(100)
    const partial = await store.partial(digestOf(bytes), 100)
    await partial.write(0, [bytes.subarray(0, 10)])
    await partial.discard()
    await partial.discard()
    await partial[Symbol.asyncDispose]()
    assert.equal((await store.usage()).partialBytes, 0)
    await using again = await store.partial(digestOf(bytes), 100)
    assert.equal(again.isResumed, false)
  })

  test('disposing waits for what is under way', async (context) => {
    await using store = await open(context)
    const bytes = randomBytes(10 * KIB)
    const partial = await store.partial(digestOf(bytes), bytes.length)
    await Promise.all([partial.write(0, [bytes.subarray(0, KIB)]), partial[Symbol.asyncDispose]()])
    const again = await store.partial(digestOf(bytes), bytes.length)
    assert.deepEqual(Buffer.from(await again.read({ offset: 0, length: KIB })), bytes.subarray(0, KIB))
    await again.write(0, [bytes])
    await Promise.all([again.seal(), again[Symbol.asyncDispose]()])
    assert.equal(await store.size(digestOf(bytes)), bytes.length)
  })

  test('disposing the store ends those that are open', async (context) => {
    const store = await open(context)
    const bytes = randomBytes(100)
    const partial = await store.partial(digestOf(bytes), 100)
    await partial.write(0, [bytes.subarray(0, 10)])
    await store[Symbol.asyncDispose]()
    const isClosed = (error: unknown): boolean => isGgenError(error, 'cancelled')
    await assert.rejects(partial.write(10, [bytes.subarray(10)]), isClosed)
    await assert.rejects(partial.read({ offset: 0, length: 1 }), isClosed)
    await assert.rejects(partial.seal(), isClosed)
    await assert.rejects(store.partial(digestOf(bytes), 100), isClosed)
    await partial[Symbol.asyncDispose]()
  })
}

/** Pieces of a blob: each is written or confirmed, at once or in turn, right or wrong. */
const scripts = fc.record({
  seed: fc.nat(255),
  lengths: fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 12 }),
  order: fc.array(fc.nat(1000), { minLength: 12, maxLength: 12 }),
  isConfirmed: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
  wrong: fc.option(fc.nat(), { nil: undefined }),
  atOnce: fc.boolean(),
})

const orderConformance = (open: Open): void => {
  test('whatever the order, what is named has exactly its bytes', async (context) => {
    await using store = await open(context)
    await fc.assert(fc.asyncProperty(scripts, async ({ seed, lengths, order, isConfirmed, wrong, atOnce }) => {
      const sizeBytes = lengths.reduce((sum, length) => sum + length, 0)
      const bytes = Buffer.alloc(sizeBytes, createHash('sha512').update(`${seed} ${lengths.join()}`).digest())
      const given = Buffer.from(bytes)
      if (wrong !== undefined) given[wrong % sizeBytes] = (given[wrong % sizeBytes] ?? 0) ^ 0x10
      const pieces = lengths.map((length, index) => ({ offset: lengths.slice(0, index).reduce((sum, each) => sum + each, 0), length, index }))
        .sort((a, b) => (order[a.index] ?? 0) - (order[b.index] ?? 0))
      await writeFirst(store, { bytes: given, digest: digestOf(bytes), pieces: pieces.filter(({ index }) => isConfirmed[index]) })
      await using partial = await store.partial(digestOf(bytes), sizeBytes)
      const steps = pieces.map(({ index, offset, length }) => async () => {
        if (!isConfirmed[index]) return partial.write(offset, [given.subarray(offset, offset + 1), given.subarray(offset + 1, offset + length)])
        await partial.confirm(offset, await partial.read({ offset, length }))
      })
      if (atOnce) await Promise.all(steps.map((step) => step()))
      else for (const step of steps) await step()
      if (wrong === undefined) await partial.seal(sha512Of(bytes))
      else await assert.rejects(partial.seal(), isWrong)
      if (wrong === undefined) assert.deepEqual(await bytesOf(store, digestOf(bytes)), bytes)
      else assert((await store.size(digestOf(bytes))) === undefined || Buffer.compare(await bytesOf(store, digestOf(bytes)), bytes) === 0)
    }), { numRuns: 60 })
  })
}

interface Earlier {
  readonly bytes: Buffer
  readonly digest: Digest
  readonly pieces: readonly { readonly offset: number; readonly length: number }[]
}

/** What an interrupted try has written before. */
const writeFirst = async (store: BlobStore, { bytes, digest, pieces }: Earlier): Promise<void> => {
  await using partial: PartialBlob = await store.partial(digest, bytes.length)
  for (const { offset, length } of pieces) await partial.write(offset, [bytes.subarray(offset, offset + length)])
}
