import { type ArchiveFacts, describeArchive, type FolderTree } from '#archive'
import { type Digest, GgenError, LIMITS, type OpId } from '#core'
import type { BlobStore, BlobWriter } from '#store'
import { chunkListId, encodeChunkList } from '#wire'
import { packFolder } from './pack-folder.ts'
import { PieceHasher } from './piece-hasher.ts'

/** What a user points at when publishing. */
export type PublishSource =
  | { readonly kind: 'folder'; readonly tree: FolderTree }
  | { readonly kind: 'archive'; readonly chunks: AsyncIterable<Uint8Array> }

/** An archive that was read to its end and judged, written but not yet kept. Disposing without `seal` leaves nothing behind. */
export interface StoredSource extends AsyncDisposable {
  /** `chunks` names the chunk list of an archive of more than one piece. */
  readonly facts: ArchiveFacts & { readonly chunks?: OpId }
  /** Makes the archive, its chunk list and its metadata document durable; resolves to the name of the latter. */
  seal(): Promise<{ readonly digest: Digest; readonly sizeBytes: number }>
}

/**
 * Packs a folder, or takes an archive byte for byte as it is; everything that a release says is derived from the bytes that are really stored.
 * Throws `manifest-missing`, `manifest-invalid`, `name-invalid`, `version-invalid`, `archive-unsafe`, `archive-broken`, `archive-too-large`, `disk-full`.
 */
export const storeSource = async (blobs: BlobStore, source: PublishSource, signal: AbortSignal): Promise<StoredSource> => {
  const chunks = source.kind === 'folder' ? packFolder(source.tree, signal) : source.chunks
  const writer = await blobs.create()
  try {
    const hasher = new PieceHasher()
    const facts = await describeArchive(writing(chunks, writer, hasher), { signal })
    const hashes = hasher.finish()
    const list = hashes.length > 1 ? encodeChunkList(hashes) : undefined
    const named = list && { chunks: chunkListId(list) }
    return {
      facts: { ...facts, ...named },
      seal: async () => {
        await writer.seal(facts.fingerprint.digest)
        if (list !== undefined) await storeBytes(blobs, list)
        return { digest: await storeBytes(blobs, facts.metadata), sizeBytes: facts.metadata.length }
      },
      [Symbol.asyncDispose]: () => Promise.resolve(writer[Symbol.asyncDispose]()),
    }
  } catch (error) {
    await writer[Symbol.asyncDispose]()
    throw error
  }
}

async function* writing(chunks: AsyncIterable<Uint8Array>, writer: BlobWriter, hasher: PieceHasher): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    if (writer.sizeBytes + chunk.length > LIMITS.archiveBytes) {
      throw new GgenError('archive-too-large', `the archive is larger than ${LIMITS.archiveBytes / 1024 / 1024} MiB`)
    }
    await writer.append(chunk)
    hasher.update(chunk)
    yield chunk
  }
}

/** Keeps a small document as a blob; resolves to its digest. */
export const storeBytes = async (blobs: BlobStore, bytes: Uint8Array): Promise<Digest> => {
  await using writer = await blobs.create()
  await writer.append(bytes)
  return await writer.seal()
}
