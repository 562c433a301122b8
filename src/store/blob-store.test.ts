import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openDiskBlobs } from '#store/disk'
import { blobStoreConformance } from './blob-store.conformance.ts'
import type { BlobStore } from './blob-store.ts'
import { memoryBlobStore } from './memory-blob-store.ts'

const onDisk = async (context: TestContext): Promise<BlobStore> => {
  const folder = await mkdtempDisposable(join(tmpdir(), 'ggen-blobs-'))
  context.after(() => folder.remove())
  return openDiskBlobs(folder.path)
}

blobStoreConformance('the memory twin', async () => memoryBlobStore())
blobStoreConformance('the folder on disk', onDisk)
