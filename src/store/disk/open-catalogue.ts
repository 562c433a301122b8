import { existsSync, renameSync, rmSync } from 'node:fs'
import { CATALOGUE_SCHEMA } from './catalogue-schema.ts'
import { Database } from './database.ts'
import { type DiskCatalogue, SqliteCatalogue } from './sqlite-catalogue.ts'
import { fileError, isMalformed } from './storage-errors.ts'

/** Damaged files that are kept for whoever wants to look; then the last is replaced. */
const BROKEN_COPIES = 3

/**
 * Opens the ops and the search index in one SQLite file, or makes them; a damaged file is put aside and begun anew. Throws
 * `store-broken` (for the database of another program, or of a later version), `disk-full` or `too-busy`.
 */
export const openCatalogue = (path: string): DiskCatalogue => {
  try {
    return opened(path, false)
  } catch (error) {
    if (!isMalformed(error)) throw error
    moveAside(path)
    return opened(path, true)
  }
}

const opened = (path: string, rebuilt: boolean): DiskCatalogue => {
  using cleanup = new DisposableStack()
  const catalogue = new SqliteCatalogue(cleanup.use(Database.open(path, CATALOGUE_SCHEMA)), { rebuilt })
  cleanup.move()
  return catalogue
}

const moveAside = (path: string): void => {
  const numbers = Array.from({ length: BROKEN_COPIES }, (_, index) => index + 1)
  const free = numbers.find((number) => !existsSync(`${path}.broken-${number}`)) ?? BROKEN_COPIES
  try {
    if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${path}.broken-${free}-wal`)
    rmSync(`${path}-shm`, { force: true })
    renameSync(path, `${path}.broken-${free}`)
  } catch (error) {
    throw fileError(error, path)
  }
}
