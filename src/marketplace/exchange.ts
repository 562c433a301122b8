import { answerBlobs, type BlobShelf, type BlobSource, type BulkChannel, fallbackSource, type Pace, streamSource } from '#bulk'
import { type Artifact, type Clock, type Digest, type Events, type Giver, isPeer, type PeerId, type Random, type Urgency } from '#core'
import { answerHave, createShelf, enclosedSource, type Givers, HolderFinder, PeerScores, type Sought, Transfers } from '#flow/fetch'
import type { Network } from '#network'
import type { BlobStore } from '#store'
import { HolderSearch } from './holder-search.ts'
import { registrySource } from './registry-source.ts'
import { PEERS_ALONE, type Registries } from './registries.ts'
import { bringSmall, type SmallBlob, type SmallBlobParts } from './small-blob.ts'

export interface ExchangeParts {
  readonly network: Network
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly events: Events
  readonly random: Pick<Random, 'fraction'>
  /** Whether nobody is given a blob although it is here. */
  readonly withholds?: (digest: Digest) => boolean
  /** Whether a blob is for this user alone, whatever is said of it. */
  readonly isSecret?: (digest: Digest) => boolean
  /** Opens the channel beside libp2p; absent or resolving to nothing: bytes travel inside it only. */
  readonly openBulk?: (shelf: BlobShelf) => Promise<BulkChannel | undefined>
  /** Waits before bytes are sent. */
  readonly uploadPace?: Pace
  /** Waits before more bytes are read. */
  readonly downloadPace?: (urgency: Urgency) => Pace
  /** Absent: peers alone. */
  readonly registries?: Registries
}

/** How blobs come and go: who holds them, from whom they are fetched, and what this node gives to others. */
export class Exchange implements AsyncDisposable {
  readonly source: BlobSource
  readonly transfers: Transfers
  /** How well peers served this node. */
  readonly scores: Pick<PeerScores, 'of'>
  readonly #parts: ExchangeParts
  readonly #finder: HolderFinder
  readonly #blobs: BlobStore
  readonly #small: SmallBlobParts
  readonly #open: AsyncDisposableStack

  private constructor(parts: ExchangeParts, bulk: BulkChannel | undefined, open: AsyncDisposableStack) {
    this.#parts = parts
    const { network, blobs, clock, events, random } = parts
    const scores = new PeerScores(random)
    this.scores = scores
    const stream = streamSource({ network, clock })
    this.#finder = open.use(new HolderFinder({ network, clock, scores, ...(bulk !== undefined && { bulk }) }))
    this.source = enclosedSource(this.#finder.enclosures, bulk === undefined ? stream : fallbackSource(bulk, stream, clock))
    const { downloadPace, registries = PEERS_ALONE } = parts
    const search = new HolderSearch({ registries, network, clock, findPeers: (sought, signal) => this.#finder.find(sought, signal) })
    const all = {
      blobs, clock,
      sourceAmong: (givers?: Givers) => registrySource({ registries, network, peers: this.source, givers }),
      find: (sought: Sought, signal: AbortSignal) => search.find(sought, signal),
      forget: (digest: Digest, giver: Giver) => {
        if (isPeer(giver)) this.#finder.forget(digest, giver)
        search.forget(digest, giver)
      },
      // Whom nobody can ban is asked for nothing for a while.
      ban: (giver: Giver, reason: string) => {
        if (!isPeer(giver)) return search.passOver(giver)
        this.#finder.passOver(giver)
        network.ban(giver, reason)
      },
    }
    this.transfers = open.use(
      new Transfers({
        ...all, events, scores,
        findHolders: all.find,
        forgetHolder: all.forget,
        noteHolder: (digest, giver, sizeBytes) => {
          if (isPeer(giver)) this.#finder.holders.add(digest, giver, { sizeBytes })
        },
        ...(downloadPace !== undefined && { pace: downloadPace }),
      }),
    )
    this.#blobs = blobs
    this.#small = all
    this.#open = open
  }

  /** Opens the channel, and answers peers from then on until disposed. */
  static async open(parts: ExchangeParts): Promise<Exchange> {
    await using opened = new AsyncDisposableStack()
    const late: { exchange?: Exchange } = {}
    const { blobs } = parts
    const shelf = createShelf({ blobs, running: (digest) => late.exchange?.transfers.running(digest), withholds: (digest) => withholds(parts, digest) })
    const bulk = await parts.openBulk?.(shelf)
    if (bulk !== undefined) opened.use(bulk)
    opened.use(answerHave({ network: parts.network, shelf, clock: parts.clock, pace: parts.uploadPace, ...(bulk !== undefined && { bulk }) }))
    opened.use(answerBlobs(parts.network, shelf, parts.uploadPace))
    const exchange = new Exchange(parts, bulk, opened.move())
    late.exchange = exchange
    return exchange
  }

  /** Nodes known to hold a blob, this one included; `glance` asks the connected ones first. */
  async holderCount(digest: Digest): Promise<number> {
    return this.#finder.holders.of(digest).length + ((await this.#blobs.size(digest)) === undefined ? 0 : 1)
  }

  /** Asks connected peers for a blob, without waiting for the slow. */
  async glance(digest: Digest, signal: AbortSignal): Promise<void> {
    await this.#finder.glance(digest, signal)
  }

  /** Each peer that holds a blob, the moment it is known. */
  findPeers(blob: Pick<Artifact, 'digest' | 'sizeBytes'>, signal: AbortSignal): ReturnType<HolderFinder['find']> {
    return this.#finder.find(blob, signal)
  }

  /** Connected peers that say they hold the whole archive. */
  async holdersOf({ digest, sizeBytes }: Artifact, signal: AbortSignal): Promise<readonly PeerId[]> {
    const { holders } = this.#finder
    await this.#finder.glance(digest, signal)
    return holders.of(digest).filter((peer) => {
      const held = holders.held(digest, peer)
      return held?.sizeBytes === sizeBytes && held.pieces === undefined
    })
  }

  /** Whether nobody is given a blob. */
  withholds(digest: Digest): boolean {
    return withholds(this.#parts, digest)
  }

  /** Brings a blob from a peer that says that it has it, or from whoever else does. Throws as `Transfers.fetch`. */
  bringFrom(peer: PeerId, artifact: Artifact, signal: AbortSignal): ReturnType<Transfers['fetch']> {
    this.#finder.holders.add(artifact.digest, peer, { sizeBytes: artifact.sizeBytes })
    return this.transfers.fetch(artifact, { urgency: 'interactive', signal, givers: { order: 'p2p-first', asksPeers: true } })
  }

  /** A small blob from one peer, unchecked. Throws what reading throws. */
  async readBlob(peer: PeerId, { digest, sizeBytes }: Pick<Artifact, 'digest' | 'sizeBytes'>, signal: AbortSignal): Promise<Uint8Array> {
    return Buffer.concat(await Array.fromAsync(this.source.read({ peer, digest, sizeBytes, offset: 0, length: sizeBytes }, signal)))
  }

  /** A small blob that belongs to an archive, checked by its name, and kept here from then on. Throws as `bringSmall`. */
  bringSmall(blob: SmallBlob, archive: Sought, signal: AbortSignal): Promise<Uint8Array> {
    return bringSmall(this.#small, blob, { archive, signal })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync()
  }
}

const withholds = (parts: ExchangeParts, digest: Digest): boolean => parts.withholds?.(digest) === true || parts.isSecret?.(digest) === true
