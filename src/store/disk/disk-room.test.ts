import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isGgenError, LIMITS } from '#core'
import { DiskRoom } from './disk-room.ts'
import { type FileSystem, nodeFileSystem } from './file-system.ts'

const MIB = 1024 * 1024

/** A disk with so much room, and how often somebody looked. */
const diskWith = (disk: { freeBytes: number; blocks?: number }): { files: FileSystem; looks: () => number } => {
  let looks = 0
  const statfs = async (): Promise<unknown> => {
    looks += 1
    return { bsize: 4096, blocks: disk.blocks ?? 1e9, bavail: Math.floor(disk.freeBytes / 4096) }
  }
  return { files: { ...nodeFileSystem, statfs: statfs as unknown as FileSystem['statfs'] }, looks: () => looks }
}

const isFull = (error: unknown): boolean => isGgenError(error, 'disk-full') && error.details['reserveBytes'] === LIMITS.diskReserveBytes

test('a disk keeps its reserve, and is looked at rarely', async () => {
  const disk = { freeBytes: LIMITS.diskReserveBytes + 100 * MIB }
  const { files, looks } = diskWith(disk)
  let now = 0
  const room = new DiskRoom(files, { folder: '/', clock: { now: () => now } })
  for (let index = 0; index < 99; index += 1) await room.assertRoom(MIB)
  assert.equal(looks(), 1)
  disk.freeBytes -= 99 * MIB
  await assert.rejects(room.assertRoom(2 * MIB), isFull)
  assert.equal(looks(), 2)
  await room.assertRoom(MIB)
  disk.freeBytes += 50 * MIB
  await room.assertRoom(MIB)
  assert.equal(looks(), 3)
  disk.freeBytes = 0
  await room.assertRoom(MIB)
  now = 30_001
  await assert.rejects(room.assertRoom(1), isFull, 'others fill the disk as well')
})

test('a file system that knows no numbers is trusted', async () => {
  const { files } = diskWith({ freeBytes: 0, blocks: 0 })
  await new DiskRoom(files, { folder: '/', clock: { now: () => 0 } }).assertRoom(MIB)
})

test('a folder that cannot be looked at is reported', async () => {
  const room = new DiskRoom(nodeFileSystem, { folder: '/there/is/no/such/folder', clock: { now: () => 0 } })
  await assert.rejects(room.assertRoom(1), (error) => isGgenError(error, 'store-broken'))
})
