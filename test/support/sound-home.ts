import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { digestOf } from '#core'

/** SQLite finds nothing wrong in a database that nobody has open. */
export const assertSoundDatabase = (path: string): void => {
  using database = new DatabaseSync(path)
  assert.deepEqual(database.prepare('PRAGMA integrity_check').all().map((row) => row['integrity_check']), ['ok'], path)
}

/** Whatever has a name among the blobs of a home has exactly the bytes of that name; resolves to how many have one. */
export const assertRightBlobs = async (home: string): Promise<number> => {
  const folder = join(home, 'blobs', 'sha256')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  for (const path of files) assert.equal(digestOf(await readFile(path)), `sha256:${relative(folder, path).replace(sep, '')}`)
  return files.length
}

/** Nothing in the home of a node that was killed is broken. */
export const assertSoundHome = async (home: string): Promise<void> => {
  for (const name of ['catalogue.db', 'trust.db']) assertSoundDatabase(join(home, name))
  await assertRightBlobs(home)
}
