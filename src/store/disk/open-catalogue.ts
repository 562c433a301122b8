import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { CATALOGUE_SCHEMA } from './catalogue-schema.ts'
import { Database } from './database.ts'
import { PRIVATE_FILE } from './file-system.ts'
import { type DiskCatalogue, SqliteCatalogue } from './sqlite-catalogue.ts'
import { fileError, isMalformed } from './storage-errors.ts'

/** Damaged files that are kept for whoever wants to look; then the last is replaced. */
const BROKEN_COPIES = 3

/**
 * Opens the ops and the search index in one SQLite file, or makes them; a file that is damaged, or was found to be so while it was in
 * use, is put aside and begun anew. Throws `store-broken` (for the database of another program, or of a later version), `disk-full` or
 * `too-busy`.
 */
export const openCatalogue = (path: string): DiskCatalogue => {
  try {
    if (!existsSync(markOf(path))) return opened(path, false)
  } catch (error) {
    if (!isMalformed(error)) throw error
  }
  moveAside(path)
  return opened(path, true)
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

const opened = (path: string, rebuilt: boolean): DiskCatalogue => {
  using cleanup = new DisposableStack()
  const database = Database.open(path, CATALOGUE_SCHEMA, { onDamage: () => markDamaged(path) })
  const catalogue = new SqliteCatalogue(cleanup.use(database), { rebuilt })
  cleanup.move()
  return catalogue
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
