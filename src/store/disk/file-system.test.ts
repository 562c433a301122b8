import assert from 'node:assert/strict'
import { mkdtempDisposable, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { gatedFileSystem } from './faulty-file-system.conformance.ts'
import { flushFolder, flushFolderNow, hasCode, makeFolder, nodeFileSystem, READ_FILE, removeFile } from './file-system.ts'

test('folders are made for the owner alone, and each is flushed into the one above it', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'ggen-files-'))
  const flushed: string[] = []
  const files = gatedFileSystem(({ name, paths }) => {
    if (name === 'sync') flushed.push(...paths)
  })
  const folder = join(home.path, 'a', 'b', 'c')
  await makeFolder(files, folder)
  assert.equal((await stat(folder)).mode & 0o777, 0o700)
  assert.deepEqual(flushed, [home.path, join(home.path, 'a'), dirname(folder)])
  await makeFolder(files, folder)
  assert.equal(flushed.length, 3)
})

test('a folder that cannot be flushed says so', async () => {
  const isMissing = (error: unknown): boolean => hasCode(error, 'ENOENT')
  await assert.rejects(flushFolder(nodeFileSystem, join(tmpdir(), 'ggen-is-not-here')), isMissing)
  assert.throws(() => flushFolderNow(join(tmpdir(), 'ggen-is-not-here')), isMissing)
  flushFolderNow(tmpdir())
  assert(!hasCode(new Error('ENOENT'), 'ENOENT'))
})

test('a link is not read through, and removing it leaves what it leads to', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'ggen-files-'))
  const [goal, path] = [join(home.path, 'goal'), join(home.path, 'link')]
  await writeFile(goal, 'mine')
  await symlink(goal, path)
  await assert.rejects(nodeFileSystem.open(path, READ_FILE), (error) => hasCode(error, 'ELOOP'))
  await removeFile(nodeFileSystem, path)
  await removeFile(nodeFileSystem, path)
  assert.equal(await readFile(goal, 'utf8'), 'mine')
})
