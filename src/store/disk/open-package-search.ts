import type { PackageSearch } from '#store'
import { markDamaged } from './open-anew.ts'
import { SearchThread } from './search-thread.ts'

/** Searches the catalogue file that `openCatalogue` opened, in a thread of its own. The file must stay open for as long. Opening it costs nothing. */
export const openPackageSearch = (path: string): PackageSearch => new SearchThread(path, () => markDamaged(path))
