import { createHash } from 'node:crypto'
import type { BlobSource, Carrier, Pace } from '#bulk'
import { type Artifact, type Clock, digestFromBytes, type ErrorCode, GgenError, pieceCount, type Giver, toGgenError } from '#core'
import type { BlobStore, PartialBlob } from '#store'
import { chunkListDigest, chunkListId, encodeChunkList } from '#wire'
import { FAULT_OF_PEER, misfit, whyNot } from './fetch-failure.ts'
import type { HolderFeed } from './holder-feed.ts'
import { PieceAssembly } from './piece-assembly.ts'
import { SourceShares } from './source-shares.ts'

export interface InOrderParts {
  readonly source: BlobSource<Giver>
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly holders: HolderFeed
  readonly pace: () => Pace | undefined
  readonly onDropped: (peer: Giver, code: ErrorCode) => void
  readonly onBanned: (peer: Giver) => void
  /** Called when bytes came. */
  readonly onBytes: () => void
}

/** What one pass over the holders comes to. */
type Pass = 'whole' | 'wrong' | 'exhausted'

/** What has come of the blob in one pass. */
class Arrival {
  readonly givers = new Set<Giver>()
  readonly whole = createHash('sha256')
  readonly hashes: Uint8Array[] = []
  readonly assembly: PieceAssembly
  bytes = 0

  constructor(sizeBytes: number) {
    this.assembly = new PieceAssembly({ first: 0, end: pieceCount(sizeBytes) }, sizeBytes)
  }
}

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
  readonly #liars = new Set<Giver>()
  #arrival: Arrival
  #arrivedBytes = 0

  constructor(parts: InOrderParts, artifact: Artifact) {
    this.#parts = parts
    this.#artifact = artifact
    this.#arrival = new Arrival(artifact.sizeBytes)
  }

  get receivedBytes(): number {
    return this.#arrival.bytes
  }

  /** How many holders are being asked. */
  get sources(): number {
    return 1
  }

  get wastedBytes(): number {
    return this.#arrivedBytes - this.#arrival.bytes
  }

  /**
   * Resolves when the blob is sealed, and the list of its pieces stored where the release names one. Throws like `Download.run`, and `integrity`
   * when the release contradicts itself.
   */
  async run(signal: AbortSignal): Promise<void> {
    for (let mixing = true; ; mixing = false) {
      const passed = await this.#pass(mixing, signal)
      if (passed === 'whole') return
      if (passed === 'exhausted') throw whyNot(this.#artifact.digest, this.#failures)
      const [suspect, ...others] = this.#arrival.givers
      this.#failures.push(new GgenError('integrity', `wrong bytes from ${[...this.#arrival.givers].join(' or ')}`))
      if (suspect === undefined || others.length > 0) continue
      this.#liars.add(suspect)
      this.#parts.onDropped(suspect, 'integrity')
      this.#parts.onBanned(suspect)
    }
  }

  async #pass(mixing: boolean, signal: AbortSignal): Promise<Pass> {
    const { digest, sizeBytes } = this.#artifact
    const { blobs, holders } = this.#parts
    if (!(await holders.anybody(signal))) return 'exhausted'
    this.#begin()
    let partial = await blobs.partial(digest, sizeBytes)
    // Not checked by anything: bytes of an earlier try are dropped.
    let isFresh = !partial.isResumed
    try {
      for await (const { peer, pieces } of holders.each(signal)) {
        if (pieces !== undefined || this.#liars.has(peer)) continue
        if (!isFresh) {
          await partial.discard()
          partial = await blobs.partial(digest, sizeBytes)
          this.#begin()
        }
        isFresh = mixing
        if (await this.#readFrom(peer, partial, signal)) return await this.#finish(partial)
      }
      return 'exhausted'
    } finally {
      await partial[Symbol.asyncDispose]()
    }
  }

  #begin(): void {
    this.#arrival = new Arrival(this.#artifact.sizeBytes)
    this.shares.clear()
  }

  /** The rest from one holder; false: it failed before the end. */
  async #readFrom(peer: Giver, partial: PartialBlob, signal: AbortSignal): Promise<boolean> {
    const { source, clock, pace, onBytes, onDropped } = this.#parts
    const { digest, sizeBytes } = this.#artifact
    const offset = this.#arrival.bytes
    this.shares.began(peer, source.carrier(peer) ?? 'stream', clock.monotonic())
    try {
      const moved = (carrier: Carrier): void => this.shares.moved(peer, carrier)
      for await (const chunk of source.read({ peer, digest, sizeBytes, offset, length: sizeBytes - offset, moved }, signal)) {
        await this.#take(chunk, peer, partial)
        await pace()?.(peer, chunk.length, signal)
        onBytes()
      }
      if (this.#arrival.bytes < sizeBytes) throw new GgenError('frame-invalid', `${peer} gave too few bytes`)
      return true
    } catch (error) {
      signal.throwIfAborted()
      const failure = toGgenError(error)
      if (!FAULT_OF_PEER.has(failure.code)) throw error
      this.#failures.push(failure)
      onDropped(peer, failure.code)
      return false
    } finally {
      this.shares.ended(peer, clock.monotonic())
    }
  }

  async #take(chunk: Uint8Array, peer: Giver, partial: PartialBlob): Promise<void> {
    const { assembly, whole, hashes, givers } = this.#arrival
    this.#arrivedBytes += chunk.length
    givers.add(peer)
    for (let at = 0; at < chunk.length; ) {
      if (assembly.isComplete) throw new GgenError('frame-invalid', `${peer} gave too many bytes`)
      const { taken, complete } = assembly.take(chunk.subarray(at))
      whole.update(chunk.subarray(at, at + taken))
      this.shares.gave(peer, this.#arrival.bytes, taken)
      this.#arrival.bytes += taken
      at += taken
      if (complete === undefined) continue
      hashes.push(complete.sha256)
      await partial.write(complete.offset, complete.chunks)
    }
  }

  /** The bytes are the fault of who gave them only when they are not those of the digest: a release may contradict itself. */
  async #finish(partial: PartialBlob): Promise<Pass> {
    const { digest, sha512, chunks } = this.#artifact
    const list = encodeChunkList(this.#arrival.hashes)
    const isRight = digestFromBytes(this.#arrival.whole.digest()) === digest
    const fits = chunks === undefined || chunkListId(list) === chunks
    if (!isRight || !fits) await partial.discard()
    if (!isRight) return 'wrong'
    if (!fits) throw misfit()
    await partial.seal(sha512)
    if (chunks === undefined) return 'whole'
    await using writer = await this.#parts.blobs.create()
    await writer.append(list)
    await writer.seal(chunkListDigest(chunks))
    return 'whole'
  }
}
