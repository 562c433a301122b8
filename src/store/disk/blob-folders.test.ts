import assert from 'node:assert/strict'
import { mkdtempDisposable, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { listBlobs, listPartials, openBlobFolders } from './blob-folders.ts'
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

test('blobs are found in all shards, partial ones beside them, and nothing else is', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'ggen-folders-'))
  await openBlobFolders(nodeFileSystem, home.path)
  const shard = (name: string): string => join(home.path, 'sha256', name)
  await writeFile(join(shard('00'), 'a'.repeat(62)), 'one')
  await utimes(join(shard('00'), 'a'.repeat(62)), 1_700_000_000, 1_700_000_000.5)
  await writeFile(join(shard('ff'), 'b'.repeat(62)), 'three')
  await writeFile(join(shard('ff'), `${'b'.repeat(62)}.bak`), 'no blob')
  await writeFile(join(home.path, 'partial', 'c'.repeat(64)), 'half')
  await writeFile(join(home.path, 'partial', '.DS_Store'), 'no blob')
  const [one, three] = await listBlobs(nodeFileSystem, home.path, () => undefined)
  assert.deepEqual(one, { digest: `sha256:00${'a'.repeat(62)}`, kind: 'blob', sizeBytes: 3, usedAt: 1_700_000_000_500 })
  assert.deepEqual([three?.digest, three?.sizeBytes], [`sha256:ff${'b'.repeat(62)}`, 5])
  const [partial, ...others] = await listPartials(nodeFileSystem, home.path)
  assert.deepEqual([partial?.digest, partial?.kind, partial?.sizeBytes, others], [`sha256:${'c'.repeat(64)}`, 'partial', 4, []])
})

test('links are no blobs, and none of them is left where bytes are written', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'ggen-folders-'))
  await openBlobFolders(nodeFileSystem, home.path)
  const goal = join(home.path, 'goal')
  await writeFile(goal, 'mine')
  for (const place of [['tmp', 'x'], ['sha256', '00', 'a'.repeat(62)], ['partial', 'c'.repeat(64)]]) await symlink(goal, join(home.path, ...place))
  await openBlobFolders(nodeFileSystem, home.path)
  assert.deepEqual([await listBlobs(nodeFileSystem, home.path, () => undefined), await listPartials(nodeFileSystem, home.path)], [[], []])
  assert.deepEqual([await readdir(join(home.path, 'tmp')), await readdir(join(home.path, 'partial'))], [[], []])
  assert.equal(await readFile(goal, 'utf8'), 'mine')
})
