import { type Clock, LIMITS } from '#core'
import type { BlobStore, Catalogue } from '#store'
import { type Snapshot, type SnapshotAnswer, type SnapshotChunk, SnapshotChunkWriter } from '#wire'

export interface SnapshotParts {
  readonly catalogue: Catalogue
  readonly blobs: BlobStore
  readonly clock: Clock
  /** Runs what nobody waits for; it ends on the signal. */
  readonly background: (work: (signal: AbortSignal) => Promise<void>) => void
}

/** A catalogue that grew by more than this is put together anew. */
const GROWTH = 1.2

interface Made {
  readonly snapshot: Snapshot
  /** In the catalogue then, also those that have no envelope and are not in the snapshot. */
  readonly ops: number
  readonly atMs: number
}

/**
 * The whole catalogue in compressed pieces, for nodes that have next to nothing. Made when somebody asks and then kept for a while; the pieces
 * are blobs like all others, so that they are served, resumed and, when room is needed, dropped like all others.
 */
export class Snapshots {
  readonly #parts: SnapshotParts
  #made: Made | undefined
  #isMaking = false

  constructor(parts: SnapshotParts) {
    this.#parts = parts
  }

  /** What there is now; the first question after a while makes another one. */
  current(): SnapshotAnswer {
    const { catalogue, clock } = this.#parts
    const { ops } = catalogue.counts()
    if (ops < LIMITS.snapshotFromOps) return 'none'
    const made = this.#made
    const isFresh = made !== undefined && clock.monotonic() - made.atMs < LIMITS.snapshotEveryMs && ops < made.ops * GROWTH
    if (!isFresh && !this.#isMaking) this.#make()
    return this.#made?.snapshot ?? 'later'
  }

  #make(): void {
    this.#isMaking = true
    this.#parts.background(async (signal) => {
      try {
        const { ops } = this.#parts.catalogue.counts()
        this.#made = { ops, snapshot: await this.#write(signal), atMs: this.#parts.clock.monotonic() }
      } finally {
        this.#isMaking = false
      }
    })
  }

  async #write(signal: AbortSignal): Promise<Snapshot> {
    const chunks: SnapshotChunk[] = []
    let [after, total] = [0, 0]
    let writer = new SnapshotChunkWriter()
    for (;;) {
      const { envelopes, last } = this.#parts.catalogue.arrivals(after, LIMITS.snapshotReadOps)
      for (const envelope of envelopes) {
        if (writer.add(envelope)) continue
        chunks.push(await this.#keep(writer))
        signal.throwIfAborted()
        writer = new SnapshotChunkWriter()
        writer.add(envelope)
      }
      total += envelopes.length
      after = last
      if (envelopes.length > 0) continue
      if (writer.ops > 0) chunks.push(await this.#keep(writer))
      return { ops: total, chunks }
    }
  }

  async #keep(writer: SnapshotChunkWriter): Promise<SnapshotChunk> {
    await using blob = await this.#parts.blobs.create()
    await blob.append(writer.bytes())
    const { sizeBytes } = blob
    return { digest: await blob.seal(), sizeBytes, ops: writer.ops }
  }
}
