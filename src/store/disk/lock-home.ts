import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { GgenError, isGgenError } from '#core'
import { hasCode, makeFolder, nodeFileSystem, PRIVATE_FILE } from './file-system.ts'
import { databaseError, onDisk } from './storage-errors.ts'

/**
 * Takes a home folder for this process until it is disposed, and makes the folder when it is missing. Throws `daemon-already-running`
 * (with `details.pid` where it is known) when another one has it, or `store-broken`.
 *
 * The lock is an open SQLite transaction, so the operating system itself gives it back when the process ends in whatever way, and a
 * number that another process has got since means nothing. The file with the process id is for people only.
 */
export const lockHome = async (home: string): Promise<AsyncDisposable> => {
  const path = join(home, 'lock.db')
  const pidPath = join(home, 'lock.pid')
  await onDisk(home, () => makeFolder(nodeFileSystem, home))
  await onDisk(path, () => makePrivateFile(path))
  using cleanup = new DisposableStack()
  const connection = await lockedFile(path, pidPath)
  cleanup.defer(() => connection.close())
  await onDisk(pidPath, () => writeFile(pidPath, `${process.pid}\n`, { mode: PRIVATE_FILE }))
  const release = cleanup.move()
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      if (release.disposed) return
      await onDisk(pidPath, () => rm(pidPath, { force: true }))
      release.dispose()
    },
  }
}

/** Two that start at the same moment can block each other for a moment. */
const BUSY_TIMEOUT_MS = 250

/** Never opens a file that exists: closing it again would give back the lock that this very process may hold on it. */
const makePrivateFile = async (path: string): Promise<void> => {
  try {
    await writeFile(path, '', { flag: 'wx', mode: PRIVATE_FILE })
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
}

const lockedFile = async (path: string, pidPath: string): Promise<DatabaseSync> => {
  const connection = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
  try {
    connection.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return connection
  } catch (error) {
    connection.close()
    const coded = databaseError(error, path, 'remove that file while no node is running')
    if (!isGgenError(coded, 'too-busy')) throw coded
    const pid = await onDisk(pidPath, () => readPid(pidPath))
    throw new GgenError('daemon-already-running', `a node is running on ${path}${pid === undefined ? '' : `, process ${pid}`}`, {
      cause: error,
      details: pid === undefined ? {} : { pid },
    })
  }
}

const readPid = async (path: string): Promise<number | undefined> => {
  try {
    const text = await readFile(path, 'utf8')
    return /^\d{1,10}\n$/.test(text) ? Number(text) : undefined
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}
