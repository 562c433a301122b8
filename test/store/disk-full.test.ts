import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test, type TestContext } from 'node:test'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { type Digest, digestOf, type GenesisOp, type IdentityId, isGgenError, type OpId } from '#core'
import type { BlobStore } from '#store'
import { openCatalogue, openDiskBlobs, openTrustStore } from '#store/disk'
import { assertSoundDatabase, temporaryFolder } from '#testing'

const MIB = 1024 * 1024
const MOST_WRITES = 5000
const PART = 64 * 1024

interface SmallDisk {
  readonly path: string
  /** Gives back the room that was taken at first. */
  makeRoom(): void
}

/** A disk of 4 MiB of which 1 MiB is taken; `undefined`, and the test skipped, where nobody may mount one. */
const mountSmallDisk = async (context: TestContext): Promise<SmallDisk | undefined> => {
  const cleanup = new AsyncDisposableStack()
  context.after(() => cleanup.disposeAsync())
  const folder = cleanup.use(await temporaryFolder())
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=700', 'tmpfs', folder.path], { stdio: 'ignore' })
  if (status !== 0) {
    context.skip('mounting a small disk needs the superuser on Linux')
    return undefined
  }
  cleanup.defer(() => assert.equal(spawnSync('umount', [folder.path]).status, 0, 'the small disk is still in use'))
  const ballast = join(folder.path, 'ballast')
  writeFileSync(ballast, randomBytes(MIB))
  return { path: folder.path, makeRoom: () => rmSync(ballast) }
}

const genesis = (label: string): GenesisOp => {
  const id = CID.createV1(0x71, create(0x12, createHash('sha256').update(label).digest())).toString() as OpId
  return {
    id, identity: id as IdentityId, type: 'genesis', at: 1, seq: 0, signers: new Set(), bytes: Uint8Array.from(randomBytes(10_000)),
    body: { nonce: new Uint8Array(16), root: { keys: [], need: 1 }, recovery: { keys: [], need: 0 }, release: [], need: 1 },
  }
}

/** Writes ops until the disk is full; gives those that were acknowledged. */
const writeUntilFull = (write: (op: GenesisOp) => void): GenesisOp[] => {
  const written: GenesisOp[] = []
  for (let index = 0; index < MOST_WRITES; index += 1) {
    const op = genesis(`op ${index}`)
    try {
      write(op)
    } catch (error) {
      assert(isGgenError(error, 'disk-full'), String(error))
      return written
    }
    written.push(op)
  }
  return assert.fail('the disk never became full')
}

suite('blobs on a full disk', () => {
  test('blobs are refused, those that were sealed stay, and with room it goes on', async (context) => {
    const disk = await mountSmallDisk(context)
    if (disk === undefined) return
    await using store = await openDiskBlobs(disk.path, { reserveBytes: 0 })
    await store.usage()
    const sealed: Digest[] = []
    const failure = await sealUntilFull(store, sealed)
    assert(isGgenError(failure, 'disk-full'), String(failure))
    assert(sealed.length > 10)
    for (const digest of sealed) assert.equal(digestOf(Buffer.concat(await Array.fromAsync(store.stream(digest)))), digest)
    assert.equal((await store.usage()).count, sealed.length)
    disk.makeRoom()
    await sealOne(store)
    assert.equal((await store.usage()).count, sealed.length + 1)
  })

  test('a partial blob is refused in the middle, keeps what it has, and with room it is completed', async (context) => {
    const disk = await mountSmallDisk(context)
    if (disk === undefined) return
    await using store = await openDiskBlobs(disk.path, { reserveBytes: 0 })
    const bytes = randomBytes(2.5 * MIB)
    const digest = digestOf(bytes)
    const offsets = Array.from({ length: bytes.length / PART }, (_, index) => index * PART)
    const written: number[] = []
    {
      await using partial = await store.partial(digest, bytes.length)
      writeFileSync(join(disk.path, 'of others'), randomBytes(MIB))
      await assert.rejects(async () => {
        for (const offset of offsets) {
          await partial.write(offset, [bytes.subarray(offset, offset + PART)])
          written.push(offset)
        }
      }, { code: 'disk-full' })
      await assert.rejects(partial.seal(), { code: 'disk-full' })
    }
    assert(written.length > 10 && written.length < offsets.length)
    assert.equal(await store.size(digest), undefined)
    disk.makeRoom()
    await using again = await store.partial(digest, bytes.length)
    for (const offset of offsets) {
      const there = await again.read({ offset, length: PART })
      const right = bytes.subarray(offset, offset + PART)
      assert(!written.includes(offset) || Buffer.compare(there, right) === 0, 'what was written is there')
      await (written.includes(offset) ? again.confirm(offset, there) : again.write(offset, [right]))
    }
    await again.seal()
    assert.equal(digestOf(Buffer.concat(await Array.fromAsync(store.stream(digest)))), digest)
  })

  test('blobs are refused before the last of the disk is taken', async (context) => {
    const disk = await mountSmallDisk(context)
    if (disk === undefined) return
    await using store = await openDiskBlobs(disk.path, { reserveBytes: MIB })
    const failure = await sealUntilFull(store, [])
    assert(isGgenError(failure, 'disk-full') && failure.details['reserveBytes'] === MIB, String(failure))
    const { bavail, bsize } = statfsSync(disk.path)
    assert(bavail * bsize >= 0.8 * MIB, `${bavail * bsize} bytes are left`)
    await assert.rejects(store.partial(digestOf(randomBytes(1)), 2 * MIB), { code: 'disk-full' })
    disk.makeRoom()
    await sealOne(store)
  })
})

suite('databases on a full disk', () => {
  test('ops are refused, those that were put stay, and with room it goes on', async (context) => {
    const disk = await mountSmallDisk(context)
    if (disk === undefined) return
    const path = join(disk.path, 'catalogue.db')
    {
      using catalogue = openCatalogue(path)
      const written = writeUntilFull((op) => catalogue.putOp(op))
      assert(written.length > 10)
      assert.equal(catalogue.counts().ops, written.length)
      assert.throws(() => catalogue.transact(() => ['a', 'b', 'c'].forEach((label) => catalogue.putOp(genesis(label)))), { code: 'disk-full' })
      assert.equal(catalogue.counts().ops, written.length, 'a transaction that did not fit left nothing')
      for (const op of written) assert.deepEqual(catalogue.opBytes(op.id), op.bytes)
      disk.makeRoom()
      catalogue.putOp(genesis('with room'))
      assert.equal(catalogue.counts().ops, written.length + 1)
    }
    assertSoundDatabase(path)
  })

  test('own ops are refused, those that were put stay, and with room it goes on', async (context) => {
    const disk = await mountSmallDisk(context)
    if (disk === undefined) return
    const path = join(disk.path, 'trust.db')
    {
      using trust = openTrustStore(path)
      const written = writeUntilFull((op) => trust.putOwnOp(op))
      assert(written.length > 10)
      assert.deepEqual(trust.ownOps(), written.map(({ bytes }) => bytes))
      disk.makeRoom()
      trust.putOwnOp(genesis('with room'))
    }
    assertSoundDatabase(path)
    using again = openTrustStore(path)
    assert.deepEqual(again.ownOps().length > 10, true)
  })

  test('nothing can be opened, and nothing but disk-full comes out', async (context) => {
    const disk = await mountSmallDisk(context)
    if (disk === undefined) return
    fillUp(join(disk.path, 'filler'))
    assert.throws(() => openCatalogue(join(disk.path, 'catalogue.db')), { code: 'disk-full' })
    assert.throws(() => openTrustStore(join(disk.path, 'trust.db')), { code: 'disk-full' })
    disk.makeRoom()
    using catalogue = openCatalogue(join(disk.path, 'catalogue.db'))
    using trust = openTrustStore(join(disk.path, 'trust.db'))
    assert.deepEqual([catalogue.rebuilt, catalogue.counts().ops, trust.ownOps()], [false, 0, []])
  })
})

const sealOne = async (store: BlobStore): Promise<Digest> => {
  await using writer = await store.create()
  await writer.append(randomBytes(50_000))
  return await writer.seal()
}

const sealUntilFull = async (store: BlobStore, sealed: Digest[]): Promise<unknown> => {
  try {
    while (sealed.length < MOST_WRITES) sealed.push(await sealOne(store))
    return undefined
  } catch (error) {
    return error
  }
}

/** Leaves not a single byte. */
const fillUp = (path: string): void => {
  assert.throws(() => {
    for (let index = 0; index < MOST_WRITES; index += 1) writeFileSync(`${path}-${index}`, randomBytes(4096))
  }, { code: 'ENOSPC' })
}
