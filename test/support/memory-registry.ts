import type { Clock } from '#core'
import { Admissions } from '#flow/verify'
import { LocalRegistry } from '#registry'
import { type BlobStore, type Catalogue, memoryBlobStore, memoryCatalogue, memoryPackageSearch } from '#store'

export interface MemoryRegistry {
  readonly registry: LocalRegistry
  readonly blobs: BlobStore
  readonly catalogue: Catalogue
}

/** A registry in memory that knows of nothing. */
export const memoryRegistry = (clock: Clock, name?: string): MemoryRegistry => {
  const [catalogue, blobs] = [memoryCatalogue(), memoryBlobStore()]
  const admissions = new Admissions(catalogue, clock)
  const search = memoryPackageSearch(catalogue)
  const registry = new LocalRegistry({ catalogue, clock, search, blobs, admit: (envelope) => admissions.admit(envelope), ...(name !== undefined && { name }) })
  return { registry, blobs, catalogue }
}
