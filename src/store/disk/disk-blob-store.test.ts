import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtempDisposable, open, readdir, readFile, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { suite, test } from 'node:test'
import { type Digest, digestOf, GgenError, isGgenError, LIMITS, parseDigest } from '#core'
import type { BlobStore, BlobUsage } from '#store'
import { until } from '#testing'
import { openDiskBlobs } from './disk-blob-store.ts'
import { type FileCall, failingFrom, gatedFileSystem } from './faulty-file-system.conformance.ts'

const ABSENT = parseDigest(`sha256:${'00'.repeat(32)}`)

const temporaryFolder = (): ReturnType<typeof mkdtempDisposable> => mkdtempDisposable(join(tmpdir(), 'ggen-blobs-'))

const put = async (store: BlobStore, bytes: Uint8Array): Promise<Digest> => {
  await using writer = await store.create()
  await writer.append(bytes)
  return await writer.seal()
}

const held = async (store: BlobStore): Promise<Pick<BlobUsage, 'count' | 'bytes'>> => {
  const { count, bytes } = await store.usage()
  return { count, bytes }
}

const pathOf = (folder: string, digest: Digest): string => join(folder, 'sha256', digest.slice(7, 9), digest.slice(9))
const noSpace = (): Error => Object.assign(new Error('no space left'), { code: 'ENOSPC', syscall: 'write' })
const broken = (): Error => Object.assign(new Error('the disk failed'), { code: 'EIO', syscall: 'write' })

suite('blobs on disk', () => {
  test('a blob is a file of its owner alone, named by its digest, with exactly its bytes', async () => {
    await using folder = await temporaryFolder()
    await using store = await openDiskBlobs(folder.path)
    const digest = await put(store, Buffer.from('content'))
    const path = pathOf(folder.path, digest)
    assert.equal(await readFile(path, 'utf8'), 'content')
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    assert.deepEqual(await readdir(join(folder.path, 'tmp')), [])
  })

  test('a store that is opened again holds the same, without what was left unfinished', async () => {
    await using folder = await temporaryFolder()
    const first = await openDiskBlobs(folder.path)
    const digest = await put(first, Buffer.from('kept'))
    const unfinished = await first.create()
    await unfinished.append(randomBytes(100))
    const leftover = join(folder.path, 'tmp', 'left-by-a-killed-process')
    await writeFile(leftover, 'half a blob')
    await using second = await openDiskBlobs(folder.path)
    assert.deepEqual(await readdir(dirname(leftover)), [])
    assert.deepEqual(await held(second), { count: 1, bytes: 4 })
    assert.equal(await second.size(digest), 4)
    await first[Symbol.asyncDispose]()
  })

  test('what is held is counted from the opening on, so that the first blob does not wait for it', async () => {
    await using folder = await temporaryFolder()
    const looked = new Set<string>()
    const gate = ({ name, paths: [path = ''] }: FileCall): void => void (name === 'readdir' && dirname(path).endsWith('sha256') && looked.add(path))
    await using _store = await openDiskBlobs(folder.path, { fileSystem: gatedFileSystem(gate) })
    await until('all shards are looked at though nobody asked', () => looked.size === 256)
  })

  test('a count that fails is made again when it is needed', async () => {
    await using folder = await temporaryFolder()
    await using first = await openDiskBlobs(folder.path)
    await put(first, Buffer.from('kept'))
    let isBroken = true
    const gate = ({ name, paths: [path = ''] }: FileCall): void => {
      if (isBroken && name === 'readdir' && dirname(path).endsWith('sha256')) throw broken()
    }
    await using second = await openDiskBlobs(folder.path, { fileSystem: gatedFileSystem(gate) })
    await assert.rejects(second.usage(), (error) => isGgenError(error, 'store-broken'))
    isBroken = false
    assert.deepEqual(await held(second), { count: 1, bytes: 4 })
  })

  test('a link in the place of a blob is none: not read, not counted, and replaced by the blob', async () => {
    await using folder = await temporaryFolder()
    await using store = await openDiskBlobs(folder.path)
    const [goal, content] = [join(folder.path, 'goal'), Buffer.from('content')]
    await writeFile(goal, 'private')
    await symlink(goal, pathOf(folder.path, digestOf(content)))
    assert.equal(await store.size(digestOf(content)), undefined)
    await assert.rejects(store.read(digestOf(content), { offset: 0, length: 7 }), (error) => isGgenError(error, 'blob-not-found'))
    await assert.rejects(Array.fromAsync(store.stream(digestOf(content))), (error) => isGgenError(error, 'blob-not-found'))
    await put(store, content)
    assert.deepEqual([await held(store), await readFile(goal, 'utf8')], [{ count: 1, bytes: 7 }, 'private'])
  })

  test('a blob that the disk has damaged is found out, and is held no more, even when it is kept', async () => {
    await using folder = await temporaryFolder()
    const contents = [randomBytes(10), randomBytes(3_000_000), randomBytes(3_000_000)]
    const digests = contents.map(digestOf)
    const damage = async (digest: Digest | undefined, at: number, length = 1): Promise<void> => {
      await using file = await open(pathOf(folder.path, digest ?? ABSENT), 'r+')
      await file.write(Buffer.alloc(length, 0xaa), 0, length, at)
    }
    {
      await using store = await openDiskBlobs(folder.path)
      for (const content of contents) await put(store, content)
      await damage(digests[0], 3, 5)
      assert.equal(await store.confirm(digests[0] ?? ABSENT), true, 'it was right a moment ago')
      assert.equal(await store.confirm(digests[0] ?? ABSENT, 'anew'), false)
      assert.equal(await store.size(digests[0] ?? ABSENT), undefined)
      await damage(digests[1], 2_999_990, 9)
    }
    await using store = await openDiskBlobs(folder.path, { isKept: () => true })
    await store.usage()
    assert.deepEqual(await Promise.all(digests.map((digest) => store.confirm(digest))), [false, false, true])
    assert.deepEqual(await held(store), { count: 1, bytes: 3_000_000 })
    await put(store, contents[1] ?? Buffer.alloc(0))
    assert.equal(await store.confirm(digests[1] ?? ABSENT), true)
  })

  test('a blob is hashed again when it was right long ago, and not before', async () => {
    await using folder = await temporaryFolder()
    let [now, opened] = [0, 0]
    const gate = ({ name, paths: [path = ''] }: FileCall): void => void (name === 'open' && basename(path).length === 62 && opened++)
    await using store = await openDiskBlobs(folder.path, { clock: { now: () => now }, fileSystem: gatedFileSystem(gate) })
    const digest = await put(store, Buffer.from('content'))
    const opens: number[] = []
    for (const at of [0, LIMITS.blobConfirmedMs - 1, LIMITS.blobConfirmedMs, 2 * LIMITS.blobConfirmedMs - 1, 0]) {
      now = at
      assert.deepEqual(await Promise.all([store.confirm(digest), store.confirm(digest)]), [true, true])
      opens.push(opened)
    }
    assert.deepEqual(opens, [0, 0, 1, 1, 2])
  })

  test('foreign files among the blobs are not counted', async () => {
    await using folder = await temporaryFolder()
    await using store = await openDiskBlobs(folder.path)
    const digest = await put(store, Buffer.from('one'))
    await writeFile(join(dirname(pathOf(folder.path, digest)), '.DS_Store'), 'something')
    assert.deepEqual(await held(store), { count: 1, bytes: 3 })
  })

  test('sealing a blob again mends one that was damaged', async () => {
    await using folder = await temporaryFolder()
    await using first = await openDiskBlobs(folder.path)
    const digest = await put(first, Buffer.from('precious'))
    await truncate(pathOf(folder.path, digest), 3)
    await using second = await openDiskBlobs(folder.path)
    assert.deepEqual(await held(second), { count: 1, bytes: 3 })
    await put(second, Buffer.from('precious'))
    assert.equal(await readFile(pathOf(folder.path, digest), 'utf8'), 'precious')
    assert.deepEqual(await held(second), { count: 1, bytes: 8 })
  })

  test('a blob is flushed before it is named, and its folder before it is acknowledged', async () => {
    await using folder = await temporaryFolder()
    const calls: FileCall[] = []
    await using store = await openDiskBlobs(folder.path, { fileSystem: gatedFileSystem((call) => calls.push(call)) })
    calls.length = 0
    const digest = await put(store, randomBytes(10))
    const shard = basename(dirname(pathOf(folder.path, digest)))
    const steps = calls
      .filter(({ name }) => ['write', 'sync', 'rename'].includes(name))
      .map(({ name, paths: [path = ''] }) => `${name} ${basename(dirname(path))}/${basename(path).replace(/^[0-9a-f]{32}$/, 'draft')}`)
    assert.deepEqual(steps, ['write tmp/draft', 'sync tmp/draft', 'rename tmp/draft', `sync sha256/${shard}`])
  })

  test('all shards are flushed when the store is opened, so that no writer relies on another one', async () => {
    await using folder = await temporaryFolder()
    const calls: FileCall[] = []
    await using store = await openDiskBlobs(folder.path, { fileSystem: gatedFileSystem((call) => calls.push(call)) })
    const named = join(folder.path, 'sha256')
    const lastShard = calls.findLastIndex(({ name, paths }) => name === 'mkdir' && dirname(paths[0] ?? '') === named)
    const flush = calls.findLastIndex(({ name, paths }) => name === 'sync' && paths[0] === named)
    assert(flush > lastShard && lastShard > 0)
    assert.equal((await readdir(named)).length, 256)
    assert.deepEqual(await held(store), { count: 0, bytes: 0 })
  })

  test('which blob was used last is known after a restart, and written down once a minute', async () => {
    await using folder = await temporaryFolder()
    let now = 1_700_000_000_000
    const calls: FileCall[] = []
    const fileSystem = gatedFileSystem((call) => calls.push(call))
    const open = (): Promise<BlobStore> => openDiskBlobs(folder.path, { quotaBytes: 30, clock: { now: () => now }, fileSystem })
    const digests: Digest[] = []
    {
      await using store = await open()
      for (let index = 0; index < 3; index += 1) digests.push(await put(store, randomBytes(10)))
    }
    for (const digest of digests) await utimes(pathOf(folder.path, digest), now / 1000, now / 1000)
    const [a, b, c] = digests as [Digest, Digest, Digest]
    {
      await using store = await open()
      for (const later of [100_000, 159_000]) {
        now = 1_700_000_000_000 + later
        for (const digest of [c, a]) await store.read(digest, { offset: 0, length: 1 })
      }
      assert.equal(calls.filter(({ name }) => name === 'utimes').length, 2)
      now += 1000
      await store.read(a, { offset: 0, length: 1 })
      assert.equal(calls.filter(({ name }) => name === 'utimes').length, 3)
    }
    await using store = await open()
    now += 1000
    await put(store, randomBytes(20))
    assert.deepEqual(await Promise.all([a, b, c].map((digest) => store.size(digest))), [10, undefined, undefined])
  })

  test('a blob whose use cannot be written down is read all the same', async () => {
    await using folder = await temporaryFolder()
    await using first = await openDiskBlobs(folder.path)
    const digest = await put(first, Buffer.from('content'))
    const fileSystem = gatedFileSystem(({ name }) => {
      if (name === 'utimes') throw Object.assign(new Error('read-only'), { code: 'EROFS', syscall: 'futime' })
    })
    await using store = await openDiskBlobs(folder.path, { fileSystem })
    assert.equal((await store.read(digest, { offset: 0, length: 9 })).length, 7)
    assert.equal(Buffer.concat(await Array.fromAsync(store.stream(digest))).length, 7)
  })

  test('a file in the place of the folder is reported, not raised', async () => {
    await using folder = await temporaryFolder()
    await writeFile(join(folder.path, 'blobs'), 'in the way')
    await assert.rejects(openDiskBlobs(join(folder.path, 'blobs')), (error) => isGgenError(error, 'store-broken'))
  })
})

suite('blobs on a failing disk', () => {
  for (const [code, fault] of [['disk-full', noSpace], ['store-broken', broken]] as const) {
    for (const forEver of [false, true]) {
      test(`whichever call fails${forEver ? ' together with all later ones' : ''}, ${code} comes out and nothing false is acknowledged`, async () => {
        await using folder = await temporaryFolder()
        await using sound = await openDiskBlobs(folder.path)
        const before = await put(sound, Buffer.from('held already'))
        for (let nth = 1; ; nth += 1) {
          let gate = failingFrom(0, fault)
          const fileSystem = gatedFileSystem((call) => gate(call))
          const store = await openDiskBlobs(folder.path, { fileSystem })
          await store.usage()
          gate = failingFrom(nth, fault, forEver)
          const bytes = Buffer.from(`blob ${code} ${forEver} ${nth}`)
          const outcome = await put(store, bytes).catch((error: unknown) => error)
          const hasFailed = gate.calls() >= nth
          gate = failingFrom(0, fault)
          if (hasFailed && outcome instanceof Error) assert(isGgenError(outcome, code), String(outcome))
          if (typeof outcome === 'string') assert.deepEqual(await readFile(pathOf(folder.path, outcome as Digest)), bytes)
          const there = await store.size(digestOf(bytes))
          assert(there === undefined || there === bytes.length, 'a blob is whole or not there')
          assert.deepEqual(await store.usage(), await (await openDiskBlobs(folder.path)).usage())
          assert.equal(await put(store, bytes), digestOf(bytes), 'the store works again when the disk does')
          assert.equal(await store.size(before), 12)
          await store[Symbol.asyncDispose]()
          if (!hasFailed) break
          assert(nth < 50)
        }
      })
    }
  }

  test('after a failed append nothing can be sealed', async () => {
    await using folder = await temporaryFolder()
    let gate = failingFrom(0, noSpace)
    await using store = await openDiskBlobs(folder.path, { fileSystem: gatedFileSystem((call) => gate(call)) })
    await using writer = await store.create()
    gate = failingFrom(1, noSpace)
    await assert.rejects(writer.append(Buffer.from('lost')), (error) => isGgenError(error, 'disk-full'))
    await assert.rejects(writer.append(Buffer.from('more')), (error) => isGgenError(error, 'disk-full'))
    await assert.rejects(writer.seal(), (error) => isGgenError(error, 'disk-full'))
    assert.deepEqual(await held(store), { count: 0, bytes: 0 })
  })

  test('whichever call fails while opening, a coded error comes out and the next opening works', async () => {
    await using folder = await temporaryFolder()
    await using first = await openDiskBlobs(folder.path)
    const digest = await put(first, Buffer.from('kept'))
    for (let nth = 1; ; nth += 1) {
      await writeFile(join(folder.path, 'tmp', 'leftover'), 'x')
      const gate = failingFrom(nth, broken)
      const outcome = await openDiskBlobs(folder.path, { fileSystem: gatedFileSystem(gate) }).catch((error: unknown) => error)
      if (!(outcome instanceof Error)) {
        // Every call of the opening itself was seen to fail; what is counted afterwards is nobody's concern yet.
        await (outcome as BlobStore)[Symbol.asyncDispose]()
        assert(nth > 5, `${nth - 1} calls`)
        break
      }
      assert(outcome instanceof GgenError && outcome.code === 'store-broken', `call ${nth}: ${String(outcome)}`)
      await using again = await openDiskBlobs(folder.path)
      assert.equal(await again.size(digest), 4)
      assert(nth < 50)
    }
  })

  test('a blob that cannot be read is reported', { skip: process.getuid?.() === 0 && 'the superuser reads everything' }, async () => {
    await using folder = await temporaryFolder()
    await using store = await openDiskBlobs(folder.path)
    const digest = await put(store, Buffer.from('secret'))
    await chmod(pathOf(folder.path, digest), 0)
    await assert.rejects(store.read(digest, { offset: 0, length: 1 }), (error) => isGgenError(error, 'store-broken'))
  })
})
