import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openTrustStore } from '#store/disk'
import { knownDomainsConformance } from './known-domains.conformance.ts'
import { accessRecordsConformance } from './access-records.conformance.ts'
import { memoryTrustStore } from './memory-trust-store.ts'
import { ownOpinionsConformance } from './own-opinions.conformance.ts'
import { pendingDeliveriesConformance } from './pending-deliveries.conformance.ts'
import { trustMemoryConformance } from './trust-memory.conformance.ts'
import { trustStoreConformance } from './trust-store.conformance.ts'
import type { TrustStore } from './trust-store.ts'

const onDisk = (context: TestContext): TrustStore => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-trust-'))
  context.after(() => folder.remove())
  return openTrustStore(join(folder.path, 'trust.db'))
}

trustStoreConformance('the memory twin', () => memoryTrustStore())
trustStoreConformance('the SQLite file', onDisk)
for (const open of [() => memoryTrustStore(), onDisk]) {
  trustMemoryConformance(open)
  ownOpinionsConformance(open)
  pendingDeliveriesConformance(open)
}
knownDomainsConformance('the memory twin', () => memoryTrustStore())
knownDomainsConformance('the SQLite file', onDisk)
accessRecordsConformance('the memory twin', () => memoryTrustStore())
accessRecordsConformance('the SQLite file', onDisk)
