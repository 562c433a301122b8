import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GgenError, isGgenError } from '#core'
import { lockFile } from './file-lock.ts'
import { hasCode, makeFolder, nodeFileSystem, PRIVATE_FILE, removeFile } from './file-system.ts'
import { onDisk } from './storage-errors.ts'

/**
 * Takes a home folder for this process until it is disposed, and makes the folder when it is missing. Throws `daemon-already-running`
 * (with `details.pid` where it is known) when another one has it, `home-insecure` when the lock is a link, or `store-broken`. The file with
 * the process id is for people only: a number that another process has got since means nothing.
 */
export const lockHome = async (home: string): Promise<AsyncDisposable> => {
  const path = join(home, 'lock.db')
  const pidPath = join(home, 'lock.pid')
  await onDisk(home, () => makeFolder(nodeFileSystem, home))
  using cleanup = new DisposableStack()
  cleanup.use(await takeLock(path, pidPath))
  await onDisk(pidPath, () => writePid(pidPath))
  const release = cleanup.move()
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      if (release.disposed) return
      await onDisk(pidPath, () => rm(pidPath, { force: true }))
      release.dispose()
    },
  }
}

/** What a killed process left is replaced. A project may come from anybody, links and all: nothing is written where one leads. */
const writePid = async (path: string): Promise<void> => {
  await removeFile(nodeFileSystem, path)
  await writeFile(path, `${process.pid}\n`, { flag: 'wx', mode: PRIVATE_FILE })
}

const takeLock = async (path: string, pidPath: string): Promise<Disposable> => {
  try {
    return await lockFile(path, 'remove that file while no node is running')
  } catch (error) {
    if (!isGgenError(error, 'too-busy')) throw error
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
