import { type Artifact, type Digest, digestBytes, digestOf, FINISHED, isGgenError, LIMITS, type OpId } from '#core'
import type { BlobStore } from '#store'
import { chunkListBytes, chunkListDigest, decodeChunkList } from '#wire'
import { Download, type DownloadParts, type PieceCheck } from './download.ts'
import { misfit, whyNot } from './fetch-failure.ts'
import type { HolderFeed } from './holder-feed.ts'

/** A blob of one piece is checked by its name. */
export const checkByDigest = (digest: Digest): PieceCheck => {
  const expected = digestBytes(digest)
  return (_piece, sha256) => Buffer.compare(expected, sha256) === 0
}

export interface ChunkListParts extends Pick<DownloadParts, 'source' | 'clock' | 'pace' | 'onBanned'> {
  readonly blobs: BlobStore
  /** Holders of the archive, who have its list too. */
  readonly holders: HolderFeed
}

/**
 * The list by which the pieces of an archive are checked: out of the store, or, when it is missing or damaged there, from the holders of
 * the archive, and then stored beside it. Dispose after use.
 */
export class ChunkListFetch implements AsyncDisposable {
  /** Rejects with `no-holder` when nobody gives the list, `integrity` when it does not fit the archive, what the store throws, or the signal's reason. */
  readonly check: Promise<PieceCheck>
  /** Resolves when the list is stored. */
  readonly stored: Promise<void>
  #failure: unknown
  readonly #stop = new AbortController()
  readonly #check = Promise.withResolvers<PieceCheck>()

  constructor(parts: ChunkListParts, artifact: Artifact & { readonly chunks: OpId }, signal: AbortSignal) {
    this.check = this.#check.promise
    this.stored = this.#run(parts, artifact, AbortSignal.any([signal, this.#stop.signal]))
    this.stored.catch((error: unknown) => {
      this.#failure = error
      this.#check.reject(error)
    })
    // Whoever checks pieces sees it; when nobody does, it does not matter.
    this.check.catch(() => undefined)
  }

  /** Why there is no list. */
  get failure(): unknown {
    return this.#failure
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(FINISHED)
    await Promise.allSettled([this.stored])
  }

  async #run(parts: ChunkListParts, { chunks, sizeBytes }: Artifact & { readonly chunks: OpId }, signal: AbortSignal): Promise<void> {
    const [digest, listBytes] = [chunkListDigest(chunks), chunkListBytes(sizeBytes)]
    const stored = await storedList(parts.blobs, digest)
    if (stored !== undefined) return this.#use(stored, sizeBytes)
    if (!(await parts.holders.anybody(signal))) throw whyNot(digest, [])
    await using partial = await parts.blobs.partial(digest, listBytes)
    await using download = new Download(
      {
        ...parts,
        holders: wholeOf(parts.holders),
        check: Promise.resolve(checkByDigest(digest)),
        keep: async (piece) => {
          this.#use(Buffer.concat(piece.chunks), sizeBytes)
          await partial.write(piece.offset, piece.chunks)
        },
      },
      { digest, sizeBytes: listBytes },
    )
    await download.run(signal)
    await partial.seal()
  }

  #use(bytes: Uint8Array, sizeBytes: number): void {
    try {
      const list = decodeChunkList(bytes, sizeBytes)
      this.#check.resolve((piece, sha256) => list.matches(piece, sha256))
    } catch (error) {
      throw isGgenError(error, 'frame-invalid') ? misfit(error) : error
    }
  }
}

/** Undefined also when the disk has damaged it: what is fetched then takes its place. */
const storedList = async (blobs: BlobStore, digest: Digest): Promise<Uint8Array | undefined> => {
  if ((await blobs.size(digest)) === undefined) return undefined
  const bytes = await blobs.read(digest, { offset: 0, length: LIMITS.blobRangeBytes })
  return digestOf(bytes) === digest ? bytes : undefined
}

/** Whoever has a part of the archive has its whole list. */
const wholeOf = (holders: HolderFeed): Pick<HolderFeed, 'subscribe'> => ({
  subscribe: ({ found, ended }) => holders.subscribe({ found: ({ peer, sizeBytes }) => found({ peer, sizeBytes }), ended }),
})
