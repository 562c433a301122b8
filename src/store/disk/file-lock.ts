import { lstat, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { GgenError } from '#core'
import { hasCode, PRIVATE_FILE } from './file-system.ts'
import { databaseError, onDisk } from './storage-errors.ts'

/** Two that start at the same moment can block each other for a moment. */
const BUSY_TIMEOUT_MS = 250

/** Never opens a file that exists: closing it again would give back the lock that this very process may hold on it. */
const makePrivateFile = async (path: string): Promise<void> => {
  try {
    await writeFile(path, '', { flag: 'wx', mode: PRIVATE_FILE })
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
    if ((await lstat(path)).isSymbolicLink()) throw planted(path)
  }
}

/** A database would be made where it leads. */
const planted = (path: string): GgenError =>
  new GgenError('home-insecure', `${path} is a link to somewhere else`, { hint: 'remove it', details: { path } })

/**
 * Takes the lock that a file stands for, until it is disposed, and makes the file when it is missing. Throws `too-busy` when somebody else
 * has it, `home-insecure` when it is a link, and `store-broken` with this hint. The lock is an open SQLite transaction, so the operating
 * system itself gives it back when the process ends in whatever way.
 */
export const lockFile = async (path: string, hint: string): Promise<Disposable> => {
  await onDisk(path, () => makePrivateFile(path))
  using cleanup = new DisposableStack()
  try {
    const connection = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
    cleanup.defer(() => connection.close())
    connection.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    throw databaseError(error, path, hint)
  }
  return cleanup.move()
}
