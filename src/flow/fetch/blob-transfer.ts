import type { BlobSource, Pace } from '#bulk'
import {
  type Artifact, type Clock, type ErrorCode, FINISHED, isGgenError, LIMITS, type OpId, pieceCount, type Giver, PieceSet, type TransferReport,
} from '#core'
import type { BlobStore } from '#store'
import { checkByDigest, ChunkListFetch } from './chunk-list-fetch.ts'
import { confirmPieces } from './confirm-pieces.ts'
import { Download, type PieceCheck } from './download.ts'
import type { Holder } from './find-holders.ts'
import { HolderFeed } from './holder-feed.ts'
import { InOrderDownload } from './in-order-download.ts'
import { LatePartial } from './late-partial.ts'
import type { AssembledPiece } from './piece-assembly.ts'
import type { RunningBlob } from './shelf.ts'
import type { Sought } from './sought.ts'

export interface BlobTransferParts {
  readonly source: BlobSource<Giver>
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly findHolders: (sought: Sought, signal: AbortSignal) => AsyncIterable<Holder>
  /** Asked again for each chunk: what is urgent may change. */
  readonly pace: () => Pace | undefined
  readonly onDropped: (peer: Giver, code: ErrorCode) => void
  readonly onBanned: (peer: Giver) => void
  /** Called now and then. */
  readonly onProgress: (progress: BlobProgress) => void
}

export interface BlobProgress {
  readonly receivedBytes: number
  /** How many holders are being asked. */
  readonly sources: number
}

/** Brings one blob here, whole and right, or nothing of it is visible; what came of it stays for the next try. */
export class BlobTransfer {
  readonly #parts: BlobTransferParts
  readonly #artifact: Artifact
  readonly #holders = new HolderFeed()
  /** Those that had a part only. */
  readonly #inPart = new Set<Giver>()
  #running: RunningBlob | undefined

  constructor(parts: BlobTransferParts, artifact: Artifact) {
    this.#parts = parts
    this.#artifact = artifact
  }

  /** What others may have of it by now. */
  get running(): RunningBlob | undefined {
    return this.#running
  }

  /** Throws like `Transfers.fetch`. May be called once. */
  async run(signal: AbortSignal): Promise<TransferReport> {
    const { findHolders } = this.#parts
    const stop = new AbortController()
    const searching = this.#holders.run(this.#ofRightSize(findHolders(this.#artifact, AbortSignal.any([signal, stop.signal]))))
    try {
      return await this.#transfer(signal)
    } finally {
      this.#running = undefined
      stop.abort(FINISHED)
      await searching
    }
  }

  async *#ofRightSize(found: AsyncIterable<Holder>): AsyncGenerator<Holder> {
    for await (const holder of found) {
      if (holder.sizeBytes !== this.#artifact.sizeBytes) continue
      if (holder.pieces !== undefined) this.#inPart.add(holder.peer)
      yield holder
    }
  }

  async #transfer(signal: AbortSignal): Promise<TransferReport> {
    const artifact = this.#artifact
    if (artifact.sizeBytes <= LIMITS.pieceBytes) return this.#inPieces(Promise.resolve(checkByDigest(artifact.digest)), this.#parts.onBanned, signal)
    if (!hasList(artifact)) return this.#inOrder(signal)
    const { source, blobs, clock, pace, onBanned } = this.#parts
    await using list = new ChunkListFetch({ source, blobs, clock, pace, onBanned, holders: this.#holders }, artifact, signal)
    const suspects = new Set<Giver>()
    try {
      const report = await this.#inPieces(list.check, (peer) => suspects.add(peer), signal)
      // Only now is it proven that the list is that of the archive: another release may have named another list for the same bytes.
      // Whoever has a part may have checked it by such a list, and is deceived itself.
      for (const peer of suspects) if (!this.#inPart.has(peer)) onBanned(peer)
      await list.stored
      return report
    } catch (error) {
      if (error !== list.failure || !isGgenError(error, 'no-holder')) throw error
    }
    return this.#inOrder(signal)
  }

  async #inPieces(check: Promise<PieceCheck>, onBanned: (peer: Giver) => void, signal: AbortSignal): Promise<TransferReport> {
    const { source, blobs, clock, pace, onDropped, onProgress } = this.#parts
    const { digest, sizeBytes, sha512 } = this.#artifact
    const began = clock.monotonic()
    await using late = new LatePartial(blobs, digest, sizeBytes)
    const kept = blobs.hasPartial(digest) ? await confirmPieces(await late.get(), await check, signal) : new PieceSet(pieceCount(sizeBytes))
    this.#running = { sizeBytes, pieces: kept, read: async (range) => (await late.get()).read(range) }
    const keep = async ({ piece, offset, chunks }: AssembledPiece): Promise<void> => {
      const partial = await late.get()
      await partial.write(offset, chunks)
      kept.add(piece)
    }
    // Until somebody is asked there is nothing to measure.
    const onTick = (): void => {
      if (download.sources > 0 || download.receivedBytes > 0) onProgress(download)
    }
    const parts = { source, clock, pace, onDropped, onBanned, check, keep, onTick, holders: this.#holders }
    await using download = new Download(parts, { digest, sizeBytes, present: kept })
    await download.run(signal)
    const partial = await late.get()
    await partial.seal(sha512)
    return this.#report(download, began)
  }

  async #inOrder(signal: AbortSignal): Promise<TransferReport> {
    const began = this.#parts.clock.monotonic()
    const onBytes = (): void => this.#parts.onProgress(download)
    const download = new InOrderDownload({ ...this.#parts, holders: this.#holders, onBytes }, this.#artifact)
    await download.run(signal)
    return this.#report(download, began)
  }

  #report(download: Download | InOrderDownload, began: number): TransferReport {
    const now = this.#parts.clock.monotonic()
    const { shares, resumedBytes, wastedBytes } = download
    return { sources: shares.report(now), resumedBytes, wastedBytes, durationMs: Math.round(now - began) }
  }
}

const hasList = (artifact: Artifact): artifact is Artifact & { readonly chunks: OpId } => artifact.chunks !== undefined
