import { CATALOGUE_SCHEMA } from './catalogue-schema.ts'
import { Database } from './database.ts'
import { markDamaged, openAnew } from './open-anew.ts'
import { type DiskCatalogue, SqliteCatalogue } from './sqlite-catalogue.ts'

/**
 * Opens the ops and the search index in one SQLite file, or makes them; a file that is damaged, or was found to be so while it was in
 * use, is put aside and begun anew. Throws `store-broken` (for the database of another program, or of a later version), `disk-full` or
 * `too-busy`.
 */
export const openCatalogue = (path: string): DiskCatalogue => openAnew(path, (rebuilt) => {
  using cleanup = new DisposableStack()
  const database = Database.open(path, CATALOGUE_SCHEMA, { onDamage: () => markDamaged(path) })
  const catalogue = new SqliteCatalogue(cleanup.use(database), { rebuilt })
  cleanup.move()
  return catalogue
})
