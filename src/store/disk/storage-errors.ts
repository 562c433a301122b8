import { GgenError, isGgenError } from '#core'

/** Codes of the operating system that mean: no room. EFBIG is a limit on the size of files. */
const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/**
 * The coded form of what went wrong with a file: `disk-full` or `store-broken` for errors of the operating system, everything else
 * as it is. When closing the file failed as well, what failed first.
 */
export const fileError = (error: unknown, path: string): unknown => {
  if (error instanceof SuppressedError) return fileError(error.suppressed, path)
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error) || typeof error.code !== 'string') return error
  const { code } = error
  const details = { path, reason: code }
  if (NO_ROOM.has(code)) return new GgenError('disk-full', `no room to write ${path}`, { cause: error, details })
  return new GgenError('store-broken', `${path} cannot be read or written (${code})`, { cause: error, details })
}

/** Runs `work` and throws its errors of the operating system in their coded form. */
export const onDisk = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw fileError(error, path)
  }
}

/** Primary result codes of SQLite, https://sqlite.org/rescode.html. */
const SQLITE = { busy: 5, locked: 6, corrupt: 11, full: 13, notADatabase: 26 } as const
/** A shared-memory file that could not grow: SQLite's only sign of a full disk there. */
const SQLITE_IOERR_SHMSIZE = 4874

/**
 * The coded form of an error of SQLite: `disk-full`, `too-busy` when another process holds the file, else `store-broken` with the
 * given hint, and `details.malformed` when the bytes in the file are no sound database. Everything else as it is.
 */
export const databaseError = (error: unknown, path: string, hint: string): unknown => {
  const code = resultCode(error)
  if (code === undefined || !(error instanceof Error)) return error
  const details = { path, reason: error.message }
  if (code === SQLITE.full || extendedCode(error) === SQLITE_IOERR_SHMSIZE) {
    return new GgenError('disk-full', `no room to write ${path}`, { cause: error, details })
  }
  if (code === SQLITE.busy || code === SQLITE.locked) {
    return new GgenError('too-busy', `another process is using ${path}`, { cause: error, details })
  }
  const malformed = code === SQLITE.corrupt || code === SQLITE.notADatabase
  return new GgenError('store-broken', `${path} cannot be used: ${error.message}`, {
    cause: error, hint, details: malformed ? { ...details, malformed } : details,
  })
}

/** What is thrown when a file is sound for SQLite and its content contradicts itself. */
export const damagedContent = (what: string, hint: string): GgenError =>
  new GgenError('store-broken', `${what} is damaged`, { hint, details: { malformed: true } })

/** Whether an error says that the bytes in a file are no sound database. */
export const isMalformed = (error: unknown): boolean => isGgenError(error, 'store-broken') && error.details['malformed'] === true

const extendedCode = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined

const resultCode = (error: unknown): number | undefined => {
  const code = extendedCode(error)
  return code === undefined ? undefined : code & 0xff
}
