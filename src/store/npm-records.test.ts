import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openNpmRecords } from '#store/disk'
import { memoryNpmRecords } from './memory-npm-records.ts'
import { npmRecordsConformance } from './npm-records.conformance.ts'
import type { NpmRecords, NpmRoom } from './npm-records.ts'

const onDisk = (context: TestContext, room?: NpmRoom): NpmRecords => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-npm-'))
  context.after(() => folder.remove())
  return openNpmRecords(join(folder.path, 'npm.db'), room)
}

npmRecordsConformance('the memory twin', (_, room) => memoryNpmRecords(room))
npmRecordsConformance('the SQLite file', onDisk)
