import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { suite, test, type TestContext } from 'node:test'
import { type Digest, digestOf, GgenError, isGgenError, parseDigest } from '#core'
import type { BlobStore, BlobUsage, StreamOptions } from './blob-store.ts'

type Open = (context: TestContext) => Promise<BlobStore>

const ABSENT = parseDigest(`sha256:${'00'.repeat(32)}`)
const MIB = 1024 * 1024

const put = async (store: BlobStore, ...chunks: readonly Uint8Array[]): Promise<Digest> => {
  await using writer = await store.create()
  for (const chunk of chunks) await writer.append(chunk)
  return await writer.seal()
}

const collect = async (chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> => Array.fromAsync(chunks)

const held = async (store: BlobStore): Promise<Pick<BlobUsage, 'count' | 'bytes'>> => {
  const { count, bytes } = await store.usage()
  return { count, bytes }
}

const isNotFound = (error: unknown): boolean => isGgenError(error, 'blob-not-found')

/** What every blob store must do. `open` gives an empty one and clears up after the test. */
export const blobStoreConformance = (name: string, open: Open): void => {
  suite(`${name} is a blob store`, () => {
    readingConformance(open)
    sealingConformance(open)
    lifeConformance(open)
  })
}

const readingConformance = (open: Open): void => {
  test('a sealed blob is held under its digest', async (context) => {
    await using store = await open(context)
    const bytes = randomBytes(1000)
    const digest = await put(store, bytes.subarray(0, 400), bytes.subarray(400))
    assert.equal(digest, digestOf(bytes))
    assert.equal(await store.size(digest), 1000)
    assert.deepEqual(Buffer.from(await store.read(digest, { offset: 0, length: 1000 })), bytes)
  })

  test('what is held is confirmed, and what is not is not', async (context) => {
    await using store = await open(context)
    const digest = await put(store, randomBytes(3 * MIB))
    const answers = [digest, ABSENT].flatMap((one) => [store.confirm(one), store.confirm(one, 'anew'), store.confirm(one)])
    assert.deepEqual(await Promise.all(answers), [true, true, true, false, false, false])
    assert.equal(await store.size(digest), 3 * MIB)
  })

  test('a range is cut at the end of the blob', async (context) => {
    await using store = await open(context)
    const digest = await put(store, Buffer.from('0123456789'))
    const text = async (offset: number, length: number): Promise<string> => Buffer.from(await store.read(digest, { offset, length })).toString()
    assert.equal(await text(0, 0), '')
    assert.equal(await text(3, 4), '3456')
    assert.equal(await text(8, 100), '89')
    assert.equal(await text(10, 1), '')
    assert.equal(await text(Number.MAX_SAFE_INTEGER, 5), '')
    assert.equal(await text(0, Number.MAX_SAFE_INTEGER), '0123456789')
  })

  test('streaming gives the whole blob in order in chunks of at most 1 MiB', async (context) => {
    await using store = await open(context)
    const bytes = randomBytes(2 * MIB + 17)
    const chunks = await collect(store.stream(await put(store, bytes)))
    assert.deepEqual(Buffer.concat(chunks), bytes)
    assert(chunks.every((chunk) => chunk.length > 0 && chunk.length <= MIB))
  })

  test('a stream of a range begins and ends inside the blob, in chunks of the wanted length', async (context) => {
    await using store = await open(context)
    const digest = await put(store, Buffer.from('0123456789'))
    const texts = async (options: StreamOptions): Promise<string[]> =>
      (await collect(store.stream(digest, options))).map((chunk) => Buffer.from(chunk).toString())
    assert.deepEqual(await texts({ range: { offset: 2, length: 5 } }), ['23456'])
    assert.deepEqual(await texts({ range: { offset: 2, length: 5 }, chunkBytes: 2 }), ['23', '45', '6'])
    assert.deepEqual(await texts({ range: { offset: 8, length: 100 }, chunkBytes: 1 }), ['8', '9'])
    assert.deepEqual(await texts({ range: { offset: 10, length: 1 } }), [])
    assert.deepEqual(await texts({ range: { offset: 3, length: 0 } }), [])
    await assert.rejects(texts({ chunkBytes: 2 * MIB }), { code: 'ERR_ASSERTION' })
    await assert.rejects(texts({ range: { offset: -1, length: 1 } }), { code: 'ERR_ASSERTION' })
  })

  test('the empty blob is a blob', async (context) => {
    await using store = await open(context)
    const digest = await put(store)
    assert.equal(digest, digestOf(new Uint8Array()))
    assert.equal(await store.size(digest), 0)
    assert.deepEqual(await collect(store.stream(digest)), [])
    assert.deepEqual(await held(store), { count: 1, bytes: 0 })
  })

  test('what is not held has no size and cannot be read', async (context) => {
    await using store = await open(context)
    assert.equal(await store.size(ABSENT), undefined)
    await assert.rejects(store.read(ABSENT, { offset: 0, length: 1 }), isNotFound)
    await assert.rejects(collect(store.stream(ABSENT)), isNotFound)
  })
}

const sealingConformance = (open: Open): void => {
  test('nothing is visible before the seal, and nothing remains without it', async (context) => {
    await using store = await open(context)
    const bytes = Buffer.from('unfinished')
    {
      await using writer = await store.create()
      await writer.append(bytes)
      assert.equal(writer.sizeBytes, bytes.length)
      assert.equal(await store.size(digestOf(bytes)), undefined)
    }
    assert.equal(await store.size(digestOf(bytes)), undefined)
    assert.deepEqual(await held(store), { count: 0, bytes: 0 })
  })

  test('sealing under another digest is refused and keeps nothing', async (context) => {
    await using store = await open(context)
    const bytes = Buffer.from('not what was promised')
    await using writer = await store.create()
    await writer.append(bytes)
    await assert.rejects(writer.seal(ABSENT), (error) => error instanceof GgenError && error.code === 'integrity' && error.details['expected'] === ABSENT)
    assert.equal(await store.size(digestOf(bytes)), undefined)
    assert.equal(await store.size(ABSENT), undefined)
    assert.deepEqual(await held(store), { count: 0, bytes: 0 })
  })

  test('sealing under the right digest is accepted', async (context) => {
    await using store = await open(context)
    await using writer = await store.create()
    await writer.append(Buffer.from('as promised'))
    assert.equal(await writer.seal(digestOf(Buffer.from('as promised'))), digestOf(Buffer.from('as promised')))
  })

  test('disposing a writer waits for the seal that is under way', async (context) => {
    await using store = await open(context)
    const writer = await store.create()
    await writer.append(Buffer.from('in a hurry'))
    const [sealed] = await Promise.all([writer.seal(), writer[Symbol.asyncDispose]()])
    assert.equal(await store.size(sealed), 10)
  })

  test('usage counts each blob once, however often and at whatever moment it is sealed', async (context) => {
    await using store = await open(context)
    await put(store, Buffer.from('one'))
    assert.deepEqual(await held(store), { count: 1, bytes: 3 })
    const contents = ['one', 'two2', 'two2', 'two2', 'three', 'one'].map((text) => Buffer.from(text))
    await Promise.all(contents.map((bytes) => put(store, bytes)))
    assert.deepEqual(await held(store), { count: 3, bytes: 12 })
  })
}

const lifeConformance = (open: Open): void => {
  test('many writers at once do not mix their bytes', async (context) => {
    await using store = await open(context)
    const blobs = Array.from({ length: 20 }, (_, index) => [randomBytes(1 + index * 97), randomBytes(500)])
    const digests = await Promise.all(blobs.map((chunks) => put(store, ...chunks)))
    for (const [index, digest] of digests.entries()) assert.equal(digest, digestOf(Buffer.concat(blobs[index] ?? [])))
  })

  test('bytes given and bytes returned are the caller\'s own', async (context) => {
    await using store = await open(context)
    const bytes = Buffer.from('mine')
    const digest = await put(store, bytes)
    bytes.fill(0)
    const read = await store.read(digest, { offset: 0, length: 4 })
    read.fill(0)
    const [streamed] = await collect(store.stream(digest))
    streamed?.fill(0)
    assert.equal(Buffer.from(await store.read(digest, { offset: 0, length: 4 })).toString(), 'mine')
  })

  test('an aborted signal ends reading with its reason', async (context) => {
    await using store = await open(context)
    const digest = await put(store, randomBytes(3 * MIB))
    const reason = new Error('enough')
    const isReason = (error: unknown): boolean => error === reason
    await assert.rejects(store.read(digest, { offset: 0, length: 1 }, AbortSignal.abort(reason)), isReason)
    await assert.rejects(collect(store.stream(digest, { signal: AbortSignal.abort(reason) })), isReason)
    const controller = new AbortController()
    await assert.rejects(async () => {
      for await (const chunk of store.stream(digest, { signal: controller.signal })) controller.abort(chunk.length > 0 ? reason : undefined)
    }, isReason)
  })

  test('a disposed store says so and drops what was not sealed', async (context) => {
    const store = await open(context)
    const digest = await put(store, Buffer.from('kept'))
    const writer = await store.create()
    await store[Symbol.asyncDispose]()
    const isClosed = (error: unknown): boolean => isGgenError(error, 'cancelled')
    await assert.rejects(store.size(digest), isClosed)
    await assert.rejects(store.read(digest, { offset: 0, length: 1 }), isClosed)
    await assert.rejects(collect(store.stream(digest)), isClosed)
    await assert.rejects(store.create(), isClosed)
    await assert.rejects(store.usage(), isClosed)
    await store[Symbol.asyncDispose]()
    await writer[Symbol.asyncDispose]()
  })
}
