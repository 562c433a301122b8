import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openRegistryRecords } from '#store/disk'
import { memoryRegistryRecords } from './memory-registry-records.ts'
import { registryRecordsConformance } from './registry-records.conformance.ts'
import type { RegistryRecords } from './registry-records.ts'

const onDisk = (context: TestContext): RegistryRecords => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-registry-'))
  context.after(() => folder.remove())
  return openRegistryRecords(join(folder.path, 'registry.db'))
}

registryRecordsConformance('the memory twin', () => memoryRegistryRecords())
registryRecordsConformance('the SQLite file', onDisk)
