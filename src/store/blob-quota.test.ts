import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openDiskBlobs } from '#store/disk'
import { blobQuotaConformance } from './blob-quota.conformance.ts'
import type { BlobQuota, BlobStore } from './blob-store.ts'
import { memoryBlobStore } from './memory-blob-store.ts'

const onDisk = async (context: TestContext, quota: BlobQuota): Promise<BlobStore> => {
  const folder = await mkdtempDisposable(join(tmpdir(), 'ggen-quota-'))
  context.after(() => folder.remove())
  return openDiskBlobs(folder.path, quota)
}

blobQuotaConformance('the memory twin', async (_, quota) => memoryBlobStore(quota))
blobQuotaConformance('the folder on disk', onDisk)
