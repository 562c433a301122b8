import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openCatalogue } from '#store/disk'
import { catalogueConformance } from './catalogue.conformance.ts'
import type { Catalogue } from './catalogue.ts'
import { memoryCatalogue } from './memory-catalogue.ts'

const onDisk = (context: TestContext): Catalogue => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-catalogue-'))
  context.after(() => folder.remove())
  return openCatalogue(join(folder.path, 'catalogue.db'))
}

catalogueConformance('the memory twin', () => memoryCatalogue())
catalogueConformance('the SQLite file', onDisk)
