import { memoryBlobStore } from './memory-blob-store.ts'
import { partialBlobConformance } from './partial-blob.conformance.ts'

partialBlobConformance('the memory twin', async (_, quota) => memoryBlobStore(quota))
