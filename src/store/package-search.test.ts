import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openCatalogue, openPackageSearch } from '#store/disk'
import { memoryCatalogue } from './memory-catalogue.ts'
import { memoryPackageSearch } from './memory-package-search.ts'
import { searchConformance, type SearchScene } from './package-search.conformance.ts'

const onDisk = (context: TestContext): SearchScene => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-search-'))
  const path = join(folder.path, 'catalogue.db')
  const [catalogue, search] = [openCatalogue(path), openPackageSearch(path)]
  context.after(async () => {
    await search[Symbol.asyncDispose]()
    catalogue[Symbol.dispose]()
    folder.remove()
  })
  return { catalogue, search }
}

const inMemory = (): SearchScene => {
  const catalogue = memoryCatalogue()
  return { catalogue, search: memoryPackageSearch(catalogue) }
}

searchConformance('the memory twin', inMemory)
searchConformance('the thread over the file', onDisk)
