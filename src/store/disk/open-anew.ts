import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { PRIVATE_FILE } from './file-system.ts'
import { fileError, isMalformed } from './storage-errors.ts'

/** Damaged files that are kept for whoever wants to look; then the last is replaced. */
const BROKEN_COPIES = 3

/**
 * Opens a database that can be had again; one that is damaged, or was found to be so while it was in use (`markDamaged`), is put aside and
 * begun anew: then `open` is told so. Throws what `open` throws, `store-broken` or `disk-full`.
 */
export const openAnew = <T>(path: string, open: (rebuilt: boolean) => T): T => {
  try {
    if (!existsSync(markOf(path))) return open(false)
  } catch (error) {
    if (!isMalformed(error)) throw error
  }
  moveAside(path)
  return open(true)
}

/** Stands beside a file that may be damaged where opening does not look. */
const markOf = (path: string): string => `${path}.damaged`

/** Has a file put aside when it is opened the next time. */
export const markDamaged = (path: string): void => {
  try {
    writeFileSync(markOf(path), '', { mode: PRIVATE_FILE })
  } catch (error) {
    throw fileError(error, path)
  }
}

const moveAside = (path: string): void => {
  const numbers = Array.from({ length: BROKEN_COPIES }, (_, index) => index + 1)
  const free = numbers.find((number) => !existsSync(`${path}.broken-${number}`)) ?? BROKEN_COPIES
  try {
    if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${path}.broken-${free}-wal`)
    rmSync(`${path}-shm`, { force: true })
    if (existsSync(path)) renameSync(path, `${path}.broken-${free}`)
    rmSync(markOf(path), { force: true })
  } catch (error) {
    throw fileError(error, path)
  }
}
