import assert from 'node:assert/strict'
import { mkdtempDisposable, readdir, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { countBlobs, openBlobFolders } from './blob-folders.ts'
import { nodeFileSystem } from './file-system.ts'

test('the folders are made once, for the owner alone, and unfinished files are removed', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'ggen-folders-'))
  const folder = join(home.path, 'deep', 'blobs')
  await openBlobFolders(nodeFileSystem, folder)
  assert.equal((await stat(folder)).mode & 0o777, 0o700)
  await writeFile(join(folder, 'tmp', 'unfinished'), 'x')
  await openBlobFolders(nodeFileSystem, folder)
  assert.deepEqual(await readdir(join(folder, 'tmp')), [])
  assert.equal((await readdir(join(folder, 'sha256'))).length, 256)
})

test('blobs are counted in all shards, and nothing else is', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'ggen-folders-'))
  await openBlobFolders(nodeFileSystem, home.path)
  const shard = (name: string): string => join(home.path, 'sha256', name)
  await writeFile(join(shard('00'), 'a'.repeat(62)), 'one')
  await writeFile(join(shard('ff'), 'b'.repeat(62)), 'three')
  await writeFile(join(shard('ff'), `${'b'.repeat(62)}.bak`), 'no blob')
  assert.deepEqual(await countBlobs(nodeFileSystem, home.path), { count: 2, bytes: 8 })
})
