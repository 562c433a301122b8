import { createHash } from 'node:crypto'
import { type BlobRequest, type BlobSource, memoryChannels, type Mischief } from '#bulk'
import {
  type Artifact, type Digest, digestOf, Events, type GgenEvent, type Giver, LIMITS, pieceCount, type PeerId, pieceRange, type PieceSet, type Sha512,
} from '#core'
import { type BlobStore, memoryBlobStore, type PartialBlob } from '#store'
import { chunkListId, encodeChunkList } from '#wire'
import { TestClock } from '#testing'
import type { BlobProgress, BlobTransferParts } from './blob-transfer.ts'
import type { Holder } from './find-holders.ts'
import { HolderFeed } from './holder-feed.ts'
import { createShelf } from './shelf.ts'
import type { TransferParts } from './transfers.ts'

export const never: AbortSignal = new AbortController().signal

/** Bytes of an archive, how a release names them, and the list of their pieces. */
export interface SceneArchive {
  readonly content: Uint8Array
  readonly list: Uint8Array
  readonly artifact: Artifact
}

export const sha512Of = (bytes: Uint8Array): Sha512 => createHash('sha512').update(bytes).digest('hex') as Sha512

const sha256Of = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** An archive as it is published: with a list when it has more than a piece, unless told otherwise. */
export const archiveOf = (seed: string, sizeBytes: number, isListed = sizeBytes > LIMITS.pieceBytes): SceneArchive => {
  const content = createHash('shake256', { outputLength: Math.max(1, sizeBytes) }).update(seed).digest().subarray(0, sizeBytes)
  const pieces = Array.from({ length: pieceCount(sizeBytes) }, (_, piece) => pieceRange(sizeBytes, piece))
  const list = encodeChunkList(pieces.map(({ offset, length }) => sha256Of(content.subarray(offset, offset + length))))
  const artifact = { digest: digestOf(content), sha512: sha512Of(content), sizeBytes, ...(isListed && { chunks: chunkListId(list) }) }
  return { content, list, artifact }
}

export const store = async (blobs: BlobStore, content: Uint8Array): Promise<void> => {
  await using writer = await blobs.create()
  await writer.append(content)
  await writer.seal()
}

/** What is unusual about a holder. */
export interface SceneHolder {
  readonly mischief?: Mischief
  /** It says it has these of the archive. */
  readonly pieces?: PieceSet
  readonly sizeBytes?: number
  /** It has not the list of pieces. */
  readonly isUnlisted?: boolean
}

/** A reader and holders around it, over channels in memory. Whoever holds an archive is found at once, unless the scene is told to go on searching. */
export class TransferScene {
  readonly clock = new TestClock()
  readonly blobs: BlobStore
  readonly source: BlobSource
  readonly parts: TransferParts
  readonly events: GgenEvent[] = []
  /** Reads of bytes, in their order. */
  readonly requests: BlobRequest[] = []
  readonly banned: Giver[] = []
  /** Who gave all of something. */
  readonly proven: Giver[] = []
  readonly dropped: (readonly [peer: Giver, code: string])[] = []
  readonly progress: BlobProgress[] = []
  /** Searches go on until it resolves; whoever is found later is pushed to `holders`. */
  searching: Promise<void> = Promise.resolve()
  readonly #channels = memoryChannels(this.clock)
  readonly #reader = this.#channels.join('reader' as PeerId, createShelf({ blobs: memoryBlobStore(), running: () => undefined }))
  readonly #holders = new Map<Digest, Holder[]>()
  #wake = Promise.withResolvers<void>()
  #count = 0

  constructor(blobs = memoryBlobStore()) {
    this.blobs = blobs
    const events = new Events()
    events.subscribe((event) => this.events.push(event))
    this.source = {
      carrier: (peer) => this.#reader.carrier(peer),
      read: (request, signal) => {
        this.requests.push(request)
        return this.#reader.read(request, signal)
      },
    }
    this.parts = {
      sourceAmong: () => this.source, blobs, clock: this.clock, events,
      findHolders: ({ digest }, signal) => this.#find(digest, signal),
      forgetHolder: (_digest, peer) => void this.dropped.push([peer, 'forgotten']),
      noteHolder: (_digest, peer) => void this.proven.push(peer),
      ban: (peer) => void this.banned.push(peer),
    }
  }

  /** For a transfer without a queue before it. */
  get transferParts(): BlobTransferParts {
    return {
      ...this.parts,
      source: this.source,
      pace: () => undefined,
      onDropped: (peer, code) => void this.dropped.push([peer, code]),
      onBanned: (peer) => void this.banned.push(peer),
      onProgress: ({ receivedBytes, sources }) => void this.progress.push({ receivedBytes, sources }),
    }
  }

  /** The holders of an archive, for what a transfer is made of. */
  feed({ artifact }: SceneArchive): HolderFeed {
    const feed = new HolderFeed()
    void feed.run(this.#find(artifact.digest, never))
    return feed
  }

  /** A peer that holds an archive and its list. */
  async holder({ content, list, artifact }: SceneArchive, { mischief, pieces, sizeBytes, isUnlisted = false }: SceneHolder = {}): Promise<PeerId> {
    const peer = `peer${++this.#count}` as PeerId
    const blobs = memoryBlobStore()
    await store(blobs, content)
    if (!isUnlisted) await store(blobs, list)
    const channel = this.#channels.join(peer, createShelf({ blobs, running: () => undefined }), mischief)
    const offer = channel.offer('reader' as PeerId)
    if (offer !== undefined) this.#reader.learn(peer, '127.0.0.1', offer)
    this.found(artifact.digest, { peer, sizeBytes: sizeBytes ?? content.length, ...(pieces !== undefined && { pieces }) })
    return peer
  }

  /** Running searches hear of a holder. */
  found(digest: Digest, holder: Holder): void {
    this.#holders.set(digest, [...(this.#holders.get(digest) ?? []), holder])
    this.#wake.resolve()
    this.#wake = Promise.withResolvers()
  }

  async has({ content, artifact }: SceneArchive): Promise<boolean> {
    if ((await this.blobs.size(artifact.digest)) === undefined) return false
    return Buffer.compare(Buffer.concat(await Array.fromAsync(this.blobs.stream(artifact.digest))), content) === 0
  }

  /** The pieces of an archive that were asked of somebody, one entry each time, ascending. */
  askedPieces({ artifact }: SceneArchive): number[] {
    const asked = this.requests.filter(({ digest }) => digest === artifact.digest)
    const pieces = asked.flatMap(({ offset, length }) => {
      const first = offset / LIMITS.pieceBytes
      return Array.from({ length: Math.ceil(length / LIMITS.pieceBytes) }, (_, index) => first + index)
    })
    return pieces.sort((a, b) => a - b)
  }

  /** Lets time pass in small steps until the work is over. */
  async passing<Result>(work: Promise<Result>): Promise<Result> {
    let isOver = false
    const settled = Promise.allSettled([work]).then(() => { isOver = true })
    while (!isOver) {
      await new Promise((resolve) => { setImmediate(resolve) })
      this.clock.advance(20)
    }
    await settled
    return await work
  }

  async *#find(digest: Digest, signal: AbortSignal): AsyncGenerator<Holder> {
    const aborted = new Promise<void>((resolve) => { signal.addEventListener('abort', () => resolve(), { once: true }) })
    let over = false
    void this.searching.then(() => { over = true })
    for (let next = 0; ; ) {
      signal.throwIfAborted()
      const holder = this.#holders.get(digest)?.[next]
      if (holder !== undefined) {
        next += 1
        yield holder
        continue
      }
      const more = this.#wake.promise
      await Promise.race([this.searching, aborted, more])
      if (over && this.#holders.get(digest)?.[next] === undefined) return
    }
  }
}

/** Bytes of every request up to so many, then the connection breaks. */
export const breaksAfter = (bytes: number): Mischief =>
  async function* (chunks) {
    let left = bytes
    for await (const chunk of chunks) {
      if (left <= 0) throw new Error('the cable was cut')
      left -= chunk.length
      yield chunk
    }
  }

/** One bit of each chosen piece is wrong. */
export const lies = (isWrong: (piece: number) => boolean): Mischief =>
  async function* (chunks, { offset }) {
    let at = offset
    for await (const chunk of chunks) {
      const bytes = Uint8Array.from(chunk)
      if (isWrong(Math.floor(at / LIMITS.pieceBytes))) bytes[0] = (bytes[0] ?? 0) ^ 1
      at += chunk.length
      yield bytes
    }
  }

/** Gives nothing before the promise resolves. */
export const waitsFor = (promise: Promise<unknown>): Mischief =>
  async function* (chunks, _request, signal) {
    await Promise.race([promise, new Promise((resolve) => { signal.addEventListener('abort', resolve, { once: true }) })])
    signal.throwIfAborted()
    yield* chunks
  }

/** A store whose partial blobs are changed. */
export const storeWith = (change: (partial: PartialBlob) => Partial<PartialBlob>, blobs = memoryBlobStore()): BlobStore => ({
  size: (digest) => blobs.size(digest),
  read: (digest, range) => blobs.read(digest, range),
  stream: (digest, options) => blobs.stream(digest, options),
  confirm: (digest) => blobs.confirm(digest),
  create: () => blobs.create(),
  usage: () => blobs.usage(),
  list: () => blobs.list(),
  sweep: (signal, only) => blobs.sweep(signal, only),
  hasPartial: (digest) => blobs.hasPartial(digest),
  recycle: (chunk) => blobs.recycle(chunk),
  [Symbol.asyncDispose]: async () => await blobs[Symbol.asyncDispose](),
  partial: async (digest, sizeBytes) => {
    const partial = await blobs.partial(digest, sizeBytes)
    const { isResumed } = partial
    return {
      digest, sizeBytes, isResumed,
      read: (range) => partial.read(range),
      write: (offset, chunks) => partial.write(offset, chunks),
      confirm: (offset, bytes) => partial.confirm(offset, bytes),
      seal: (sha512) => partial.seal(sha512),
      discard: () => partial.discard(),
      [Symbol.asyncDispose]: async () => await partial[Symbol.asyncDispose](),
      ...change(partial),
    }
  },
})
