import type { BlobSource, Pace } from '#bulk'
import { type Artifact, type Clock, type ErrorCode, GgenError, isGgenError, LIMITS, type PeerId, toGgenError } from '#core'
import type { BlobStore, PartialBlob } from '#store'
import { FAULT_OF_PEER, whyNot } from './fetch-failure.ts'
import type { HolderFeed } from './holder-feed.ts'
import { SourceShares } from './source-shares.ts'

export interface InOrderParts {
  readonly source: BlobSource
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly holders: HolderFeed
  readonly pace?: (() => Pace | undefined) | undefined
  readonly onDropped: (peer: PeerId, code: ErrorCode) => void
  readonly onBanned: (peer: PeerId) => void
  /** Called when bytes came. */
  readonly onBytes: () => void
}

/** What one pass over the holders comes to. */
type Pass = 'whole' | 'wrong' | 'exhausted'

/**
 * Brings a large blob here of whose pieces nothing is known: from one holder at a time, in order, the next one going on where one stopped. When
 * the whole is then wrong and came from one holder, that one is banned; when it came from several, it is fetched again from one alone.
 */
export class InOrderDownload {
  /** Nothing of an earlier try can be checked. */
  readonly resumedBytes = 0
  readonly shares = new SourceShares()
  readonly #parts: InOrderParts
  readonly #artifact: Artifact
  readonly #failures: GgenError[] = []
  readonly #liars = new Set<PeerId>()
  #givers = new Set<PeerId>()
  #position = 0
  #arrivedBytes = 0

  constructor(parts: InOrderParts, artifact: Artifact) {
    this.#parts = parts
    this.#artifact = artifact
  }

  get receivedBytes(): number {
    return this.#position
  }

  /** How many holders are being asked. */
  get sources(): number {
    return 1
  }

  get wastedBytes(): number {
    return this.#arrivedBytes - this.#position
  }

  /** Resolves when the blob is sealed. Throws like `Download.run`. */
  async run(signal: AbortSignal): Promise<void> {
    for (let mixing = true; ; mixing = false) {
      const passed = await this.#pass(mixing, signal)
      if (passed === 'whole') return
      if (passed === 'exhausted') throw whyNot(this.#artifact.digest, this.#failures)
      const [suspect, ...others] = this.#givers
      this.#failures.push(new GgenError('integrity', `wrong bytes from ${[...this.#givers].join(' or ')}`))
      if (suspect === undefined || others.length > 0) continue
      this.#liars.add(suspect)
      this.#parts.onDropped(suspect, 'integrity')
      this.#parts.onBanned(suspect)
    }
  }

  async #pass(mixing: boolean, signal: AbortSignal): Promise<Pass> {
    const { digest, sizeBytes, sha512 } = this.#artifact
    const { blobs, holders } = this.#parts
    let partial = await blobs.partial(digest, sizeBytes)
    // Not checked by anything: bytes of an earlier try are dropped.
    let isFresh = !partial.isResumed
    try {
      for await (const { peer, pieces } of holders.each(signal)) {
        if (pieces !== undefined || this.#liars.has(peer)) continue
        if (!isFresh) {
          await partial.discard()
          partial = await blobs.partial(digest, sizeBytes)
        }
        isFresh = mixing
        if (this.#position === 0 || !mixing) this.#begin()
        if (!(await this.#readFrom(peer, partial, signal))) continue
        try {
          await partial.seal(sha512)
          return 'whole'
        } catch (error) {
          if (isGgenError(error, 'integrity')) return 'wrong'
          throw error
        }
      }
      return 'exhausted'
    } finally {
      await partial[Symbol.asyncDispose]()
    }
  }

  #begin(): void {
    this.#position = 0
    this.#givers = new Set()
    this.shares.clear()
  }

  /** The rest from one holder; false: it failed before the end. */
  async #readFrom(peer: PeerId, partial: PartialBlob, signal: AbortSignal): Promise<boolean> {
    const { source, clock, pace } = this.#parts
    const { digest, sizeBytes } = this.#artifact
    const offset = this.#position
    const batch = new Batch()
    this.shares.began(peer, source.carrier(peer) ?? 'stream', clock.monotonic())
    try {
      for await (const chunk of source.read({ peer, digest, sizeBytes, offset, length: sizeBytes - offset }, signal)) {
        this.#arrivedBytes += chunk.length
        batch.add(chunk)
        if (batch.bytes >= LIMITS.pieceBytes) await this.#write(batch, peer, partial)
        await pace?.()?.(peer, chunk.length, signal)
        this.#parts.onBytes()
      }
      await this.#write(batch, peer, partial)
      if (this.#position < sizeBytes) throw new GgenError('frame-invalid', `${peer} gave too few bytes`)
      return true
    } catch (error) {
      signal.throwIfAborted()
      const failure = toGgenError(error)
      if (!FAULT_OF_PEER.has(failure.code)) throw error
      await this.#write(batch, peer, partial)
      this.#failures.push(failure)
      this.#parts.onDropped(peer, failure.code)
      return false
    } finally {
      this.shares.ended(peer, clock.monotonic())
    }
  }

  async #write(batch: Batch, peer: PeerId, partial: PartialBlob): Promise<void> {
    const { chunks, bytes } = batch.take()
    if (bytes === 0) return
    await partial.write(this.#position, chunks)
    this.#givers.add(peer)
    this.shares.gave(peer, this.#position, bytes)
    this.#position += bytes
  }
}

/** Chunks that are written together. */
class Batch {
  #chunks: Uint8Array[] = []
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
  }

  take(): { readonly chunks: readonly Uint8Array[]; readonly bytes: number } {
    const taken = { chunks: this.#chunks, bytes: this.#bytes }
    this.#chunks = []
    this.#bytes = 0
    return taken
  }
}
