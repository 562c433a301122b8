import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir, readFile, stat, truncate, unlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { suite, test } from 'node:test'
import { inspect } from 'node:util'
import { type Digest, digestOf, isGgenError } from '#core'
import type { BlobStore } from '#store'
import { temporaryFolder } from '#testing'
import { openDiskBlobs } from './disk-blob-store.ts'
import { DiskPartialBlob } from './disk-partial-blob.ts'
import { HashThread } from './hash-thread.ts'
import { type FileCall, failingFrom, gatedFileSystem } from './faulty-file-system.conformance.ts'
import { nodeFileSystem } from './file-system.ts'

const partialPath = (folder: string, digest: Digest): string => join(folder, 'partial', digest.slice(7))
const blobPath = (folder: string, digest: Digest): string => join(folder, 'sha256', digest.slice(7, 9), digest.slice(9))
const bytesOf = async (store: BlobStore, digest: Digest): Promise<Buffer> => Buffer.concat(await Array.fromAsync(store.stream(digest)))

/** Fetches a blob in pieces, the last one first, so that something is read back. */
const fetchIn = async (store: BlobStore, bytes: Uint8Array, pieces: number): Promise<void> => {
  await using partial = await store.partial(digestOf(bytes), bytes.length)
  const length = Math.ceil(bytes.length / pieces)
  const offsets = Array.from({ length: pieces }, (_, index) => index * length).reverse()
  for (const offset of offsets) {
    const right = bytes.subarray(offset, offset + length)
    const there = partial.isResumed ? await partial.read({ offset, length }) : undefined
    if (there !== undefined && Buffer.compare(there, right) === 0) await partial.confirm(offset, there)
    else await partial.write(offset, [right])
  }
  await partial.seal()
}

suite('partial blobs on disk', () => {
  test('it is a file of its owner alone, as long as the blob, with holes where nothing was written', async () => {
    await using folder = await temporaryFolder()
    await using store = await openDiskBlobs(folder.path)
    const sizeBytes = 50_000_000
    const digest = digestOf(Buffer.from('large'))
    await using partial = await store.partial(digest, sizeBytes)
    assert.deepEqual(await readdir(join(folder.path, 'partial')), [], 'opening alone makes no file')
    await partial.write(40_000_000, [Buffer.from('here')])
    const { size, blocks, mode } = await stat(partialPath(folder.path, digest))
    assert.deepEqual([size, mode & 0o777], [sizeBytes, 0o600])
    assert(blocks * 512 < 1_000_000, `${blocks} blocks`)
  })

  test('a store that is opened after a crash finds it again and trusts none of its bytes', async () => {
    await using folder = await temporaryFolder()
    const bytes = randomBytes(10_000)
    const first = await openDiskBlobs(folder.path)
    const abandoned = await first.partial(digestOf(bytes), 10_000)
    await abandoned.write(0, [bytes.subarray(0, 5000)])
    await using second = await openDiskBlobs(folder.path)
    assert.equal((await second.usage()).partialBytes, 10_000)
    await using partial = await second.partial(digestOf(bytes), 10_000)
    assert(partial.isResumed)
    assert.deepEqual(Buffer.from(await partial.read({ offset: 0, length: 5000 })), bytes.subarray(0, 5000))
    await partial.write(5000, [bytes.subarray(5000)])
    await assert.rejects(partial.seal(), { code: 'ERR_ASSERTION' })
    await partial.confirm(0, await partial.read({ offset: 0, length: 5000 }))
    await partial.seal()
    assert.deepEqual(await readFile(blobPath(folder.path, digestOf(bytes))), bytes)
    await first[Symbol.asyncDispose]()
  })

  test('a file whose making was cut short is begun anew', async () => {
    await using folder = await temporaryFolder()
    const bytes = randomBytes(100)
    await using _first = await openDiskBlobs(folder.path)
    await writeFile(partialPath(folder.path, digestOf(bytes)), bytes.subarray(0, 50))
    await using store = await openDiskBlobs(folder.path)
    await using partial = await store.partial(digestOf(bytes), 100)
    assert.equal(partial.isResumed, false)
    assert.deepEqual(await partial.read({ offset: 0, length: 100 }), new Uint8Array(100))
    await partial.write(0, [bytes])
    await partial.seal()
    assert.deepEqual(await bytesOf(store, digestOf(bytes)), bytes)
  })

  test('a file that somebody removed or cut reads as zeros', async () => {
    await using folder = await temporaryFolder()
    await using store = await openDiskBlobs(folder.path)
    const bytes = randomBytes(100)
    for (const damage of [unlink, truncate]) {
      {
        await using begun = await store.partial(digestOf(bytes), 100)
        await begun.write(0, [bytes.subarray(0, 50)])
      }
      await damage(partialPath(folder.path, digestOf(bytes)))
      await using partial = await store.partial(digestOf(bytes), 100)
      assert.deepEqual(await partial.read({ offset: 0, length: 100 }), new Uint8Array(100))
    }
    await fetchIn(store, bytes, 2)
    assert.deepEqual(await bytesOf(store, digestOf(bytes)), bytes)
  })

  test('bytes that changed in the file behind our back are never named', async () => {
    await using folder = await temporaryFolder()
    await using store = await openDiskBlobs(folder.path)
    const bytes = randomBytes(100)
    await using partial = await store.partial(digestOf(bytes), 100)
    await partial.write(50, [bytes.subarray(50)])
    await writeFile(partialPath(folder.path, digestOf(bytes)), randomBytes(100))
    await partial.write(0, [bytes.subarray(0, 50)])
    await assert.rejects(partial.seal(), (error) => isGgenError(error, 'integrity'))
    assert.deepEqual([await store.size(digestOf(bytes)), await readdir(join(folder.path, 'partial'))], [undefined, []])
  })

  test('a small blob costs these calls and no others, flushed before it is named, and its folder before it is acknowledged', async () => {
    await using folder = await temporaryFolder()
    const calls: FileCall[] = []
    await using store = await openDiskBlobs(folder.path, { fileSystem: gatedFileSystem((call) => calls.push(call)) })
    const before = randomBytes(10)
    await fetchIn(store, before, 1)
    const first = `sha256/${digestOf(before).slice(7, 9)}`
    await store.usage()
    calls.length = 0
    const bytes = randomBytes(8192)
    await fetchIn(store, bytes, 1)
    const shard = `sha256/${digestOf(bytes).slice(7, 9)}`
    const steps = calls.map(({ name, paths: [path = ''] }) => `${name} ${basename(dirname(path))}/${basename(path)}`.replaceAll(/[0-9a-f]{62,64}/g, 'blob'))
    assert.deepEqual(steps, [
      'open partial/blob', 'writev partial/blob', 'sync partial/blob', 'close partial/blob', `lstat ${shard.slice(7)}/blob`, 'rename partial/blob',
      // The first blob of a shard opens its folder for all that follow.
      ...(shard === first ? [] : [`open ${shard}`]), `sync ${shard}`,
    ])
  })

  test('its owner hears whether there is a file to come back to', async () => {
    await using folder = await temporaryFolder()
    const endings: unknown[] = []
    const open = (isResumed: boolean): DiskPartialBlob => new DiskPartialBlob(nodeFileSystem, {
      path: join(folder.path, 'file'), digest: digestOf(Buffer.from('x')), sizeBytes: 2, isResumed, hashThread: new HashThread(),
      assertOpen: () => undefined, name: async () => void endings.push('name'), flush: async () => void endings.push('flush'),
      drop: async () => void endings.push('drop'), closed: (hasFile) => endings.push(hasFile),
    })
    for (const isResumed of [false, true]) await open(isResumed)[Symbol.asyncDispose]()
    const written = open(false)
    await written.write(0, [Buffer.from('x')])
    await written[Symbol.asyncDispose]()
    await written[Symbol.asyncDispose]()
    const dropped = open(false)
    await dropped.discard()
    await dropped[Symbol.asyncDispose]()
    assert.deepEqual(endings, [false, true, true, 'drop'])
  })
})

const noSpace = (): Error => Object.assign(new Error('no space left'), { code: 'ENOSPC', syscall: 'write' })
const broken = (): Error => Object.assign(new Error('the disk failed'), { code: 'EIO', syscall: 'write' })

suite('partial blobs on a failing disk', () => {
  for (const [code, fault] of [['disk-full', noSpace], ['store-broken', broken]] as const) {
    for (const forEver of [false, true]) {
      test(`whichever call fails${forEver ? ' together with all later ones' : ''}, ${code} comes out and a later try completes it`, async () => {
        for (let nth = 1; ; nth += 1) {
          await using folder = await temporaryFolder()
          let gate = failingFrom(0, fault)
          const store = await openDiskBlobs(folder.path, { fileSystem: gatedFileSystem((call) => gate(call)) })
          await store.usage()
          gate = failingFrom(nth, fault, forEver)
          const bytes = Buffer.from(`blob ${code} ${forEver} ${nth}`)
          const outcome = await fetchIn(store, bytes, 3).catch((error: unknown) => error)
          const hasFailed = gate.calls() >= nth
          gate = failingFrom(0, fault)
          if (outcome !== undefined) assert(isGgenError(outcome, code), `call ${nth} failed otherwise: ${inspect(outcome)}`)
          assert.equal(outcome === undefined, !hasFailed, `call ${nth} failed and nobody heard of it`)
          const there = await store.size(digestOf(bytes))
          assert(there === undefined || there === bytes.length, 'a blob is whole or not there')
          await fetchIn(store, bytes, 3)
          assert.deepEqual(await bytesOf(store, digestOf(bytes)), bytes)
          assert.deepEqual(await readdir(join(folder.path, 'partial')), [])
          const { count, bytes: held, partialBytes } = await store.usage()
          assert.deepEqual([count, held, partialBytes], [1, bytes.length, 0])
          await store[Symbol.asyncDispose]()
          if (!hasFailed) break
          assert(nth < 60)
        }
      })
    }
  }

  test('after a failed write everything fails the same way until it is opened again', async () => {
    await using folder = await temporaryFolder()
    let gate = failingFrom(0, noSpace)
    await using store = await openDiskBlobs(folder.path, { fileSystem: gatedFileSystem((call) => gate(call)) })
    const bytes = randomBytes(30)
    const isFull = (error: unknown): boolean => isGgenError(error, 'disk-full')
    {
      await using partial = await store.partial(digestOf(bytes), 30)
      await partial.write(0, [bytes.subarray(0, 10)])
      gate = failingFrom(1, noSpace)
      await assert.rejects(partial.write(10, [bytes.subarray(10, 20)]), isFull)
      gate = failingFrom(0, noSpace)
      await assert.rejects(partial.write(20, [bytes.subarray(20)]), isFull)
      await assert.rejects(partial.confirm(20, bytes.subarray(20)), isFull)
      await assert.rejects(partial.seal(), isFull)
      assert.deepEqual(Buffer.from(await partial.read({ offset: 0, length: 10 })), bytes.subarray(0, 10), 'what was verified can still be served')
    }
    await fetchIn(store, bytes, 3)
    assert.deepEqual(await bytesOf(store, digestOf(bytes)), bytes)
  })

  test('what is large enough to be hashed beside is as right as what is small, and as wrong', async () => {
    await using folder = await temporaryFolder()
    await using store = await openDiskBlobs(folder.path)
    const bytes = randomBytes(17 * 1024 * 1024 + 5)
    await fetchIn(store, bytes, 17)
    assert.equal(digestOf(await bytesOf(store, digestOf(bytes))), digestOf(bytes))
    const other = randomBytes(bytes.length)
    await using partial = await store.partial(digestOf(other), other.length)
    await partial.write(0, [bytes])
    await assert.rejects(partial.seal(), { code: 'integrity' })
    assert.equal(await store.size(digestOf(other)), undefined)
    const left = await store.partial(digestOf(other), other.length)
    await left.write(0, [other.subarray(0, 1024 * 1024)])
    await left[Symbol.asyncDispose]()
    await fetchIn(store, other, 17)
    assert.equal(await store.size(digestOf(other)), other.length)
  })

  test('many that read, write and leave at any moment leave nothing open', async () => {
    await using folder = await temporaryFolder()
    await using store = await openDiskBlobs(folder.path)
    const bytes = randomBytes(100_000)
    for (let round = 0; round < 20; round += 1) {
      const partial = await store.partial(digestOf(bytes), bytes.length)
      const writes = Array.from({ length: 10 }, (_, index) => partial.write(index * 10_000, [bytes.subarray(index * 10_000, (index + 1) * 10_000)]))
      const reads = Array.from({ length: 5 }, (_, index) => partial.read({ offset: index * 5000, length: 5000 }))
      await (round % 3 === 0 ? partial.discard() : partial[Symbol.asyncDispose]())
      assert.deepEqual((await Promise.allSettled([...writes, ...reads])).filter(({ status }) => status === 'rejected'), [])
    }
    await fetchIn(store, bytes, 7)
    assert.deepEqual(await bytesOf(store, digestOf(bytes)), bytes)
    const descriptors = process.platform === 'linux' ? await readdir('/proc/self/fd') : []
    assert(descriptors.length < 60, `${descriptors.length} descriptors`)
  })
})
