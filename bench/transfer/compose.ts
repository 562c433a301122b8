import { createReadStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Bandwidth, downloadPace, uploadPace } from '#bandwidth'
import {
  answerBlobs, type BlobRequest, type BlobSource, type BulkChannel, type Carrier, fallbackSource, streamSource,
} from '#bulk'
import { openTlsChannel } from '#bulk/tls'
import {
  type Artifact, type Clock, type Digest, digestBytes, digestOf, Events, Fingerprinter, isPeer, LIMITS, type Multiaddr, parseMultiaddr, parsePeerId,
  type PeerId, type Sha512, toGgenError,
} from '#core'
import { answerHave, createShelf, enclosedSource, HolderFinder, Transfers } from '#flow/fetch'
import type { Network } from '#network'
import { generatePeerKey, joinNetwork } from '#network/libp2p'
import type { BlobStore } from '#store'
import { HashThread, openDiskBlobs } from '#store/disk'
import { chunkListId, encodeChunkList } from '#wire'
import { tell } from './driver.ts'

const never = new AbortController().signal

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  wait: (ms, signal) => sleep(ms, undefined, { signal, ref: false }),
  timeout: (ms) => AbortSignal.timeout(ms),
}

/** Where a node is reached. */
export interface Place {
  readonly addresses: readonly Multiaddr[]
  /** Of the bulk channel; 0: it has none. */
  readonly bulkPort: number
}

/** What a consumer must know: what a signed release says of an archive, and where a holder is. */
export interface Source {
  readonly artifact: Artifact
  readonly place: Place
}

/** How a question for a blob that nobody has ended. */
export interface Miss {
  readonly ms: number
  readonly code: string
  /** How many peers were connected. */
  readonly peers: number
}

/** One node, as far as blobs go: the same parts that a daemon is made of. */
export interface Peer extends AsyncDisposable {
  place(): Place
  /** Takes a file in as a blob of its own. */
  add(file: string): Promise<Source>
  /** Connects to the holders as far as it is not, and fetches; answers where the blob is. Tells `half` when half of it has arrived. */
  fetch(sources: readonly Source[]): Promise<string>
  meet(place: Place): Promise<void>
  /** What it may send, bytes per second. */
  limit(up: number): void
  /** Asks for a blob that nobody has. */
  miss(digest: Digest): Promise<Miss>
}

/** Belongs to the process, as a daemon's does; it does not start anew with a node that forgets. */
const hashThread = new HashThread()

/** Opens a node on loopback in a folder of its own. */
export const openPeer = async (folder: string): Promise<Peer> => {
  await using opened = new AsyncDisposableStack()
  await mkdir(folder, { recursive: true })
  const events = new Events()
  const blobs = opened.use(await openDiskBlobs(join(folder, 'blobs'), { hashThread }))
  const peerKey = await generatePeerKey()
  const options = { privateKey: peerKey, listen: [parseMultiaddr('/ip4/127.0.0.1/tcp/0')], bootstrap: [], mdns: false, networkName: 'bench' }
  const network = opened.use(await joinNetwork({ ...options, clock, events, signal: never }))
  const bandwidth = new Bandwidth(clock)
  const late: { transfers?: Transfers } = {}
  const shelf = createShelf({ blobs, running: (digest) => late.transfers?.running(digest) })
  const admits = (peer: PeerId, host: string): boolean => network.admits(peer, host)
  const pace = uploadPace(bandwidth)
  const channel = opened.use(await openTlsChannel({ peerKey, listen: { host: '127.0.0.1', port: 0 }, shelf, clock, admits, pace }))
  opened.use(answerHave({ network, shelf, clock, bulk: channel, pace }))
  opened.use(answerBlobs(network, shelf, pace))
  const named = new Map<Digest, readonly PeerId[]>()
  const findProviders: Network['findProviders'] = async function* (digest, signal) {
    yield* named.get(digest) ?? network.findProviders(digest, signal)
  }
  const finder = opened.use(new HolderFinder({ network: { ...network, findProviders }, clock, bulk: channel }))
  const source = new CountedSource(enclosedSource(finder.enclosures, fallbackSource(channel, streamSource({ network, clock }), clock)))
  const transfers = opened.use(new Transfers({
    sourceAmong: () => source, blobs, clock, events,
    findHolders: (sought, signal) => finder.find(sought, signal),
    forgetHolder: (digest, giver) => isPeer(giver) && finder.forget(digest, giver),
    noteHolder: (digest, giver, sizeBytes) => isPeer(giver) && finder.holders.add(digest, giver, { sizeBytes }),
    ban: (giver, reason) => isPeer(giver) && network.ban(giver, reason),
    pace: (urgency) => downloadPace(bandwidth, urgency),
  }))
  late.transfers = transfers
  return new LoopbackPeer({ folder, blobs, network, channel, bandwidth, named, source, transfers, running: opened.move() })
}

/** Passes every byte on and tells when half of what is awaited has come. */
class CountedSource implements BlobSource {
  readonly #source: BlobSource
  #left = Infinity

  constructor(source: BlobSource) {
    this.#source = source
  }

  await(bytes: number): void {
    this.#left = bytes / 2
  }

  carrier(...wanted: Parameters<BlobSource['carrier']>): Carrier | undefined {
    return this.#source.carrier(...wanted)
  }

  recycle(chunk: Uint8Array): void {
    this.#source.recycle?.(chunk)
  }

  async *read(request: BlobRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#source.read(request, signal)) {
      const before = this.#left
      this.#left -= chunk.length
      if (before > 0 && this.#left <= 0) tell('half')
      yield chunk
    }
  }
}

interface Parts {
  readonly folder: string
  readonly blobs: BlobStore
  readonly network: Network
  readonly channel: BulkChannel
  readonly bandwidth: Bandwidth
  /** Whom the DHT has named for a blob: peers whose address is known, connected or not. */
  readonly named: Map<Digest, readonly PeerId[]>
  readonly source: CountedSource
  readonly transfers: Transfers
  readonly running: AsyncDisposable
}

class LoopbackPeer implements Peer {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  place(): Place {
    const { network, channel } = this.#parts
    return { addresses: network.addresses(), bulkPort: channel.offer(network.self)?.port ?? 0 }
  }

  async add(file: string): Promise<Source> {
    const whole = new Fingerprinter()
    const hashes: Uint8Array[] = []
    const digest = await this.#store(createReadStream(file, { highWaterMark: LIMITS.pieceBytes }), (chunk) => {
      whole.update(chunk)
      hashes.push(digestBytes(digestOf(chunk)))
    })
    const { sha512, sizeBytes } = whole.finish()
    const artifact = { digest, sha512, sizeBytes }
    if (hashes.length <= 1) return { artifact, place: this.place() }
    const list = encodeChunkList(hashes)
    await this.#store([list])
    return { artifact: { ...artifact, chunks: chunkListId(list) }, place: this.place() }
  }

  async #store(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, see?: (chunk: Uint8Array) => void): Promise<Digest> {
    await using writer = await this.#parts.blobs.create()
    for await (const chunk of chunks) {
      see?.(chunk)
      await writer.append(chunk)
    }
    return await writer.seal()
  }

  async fetch(sources: readonly Source[]): Promise<string> {
    const [first] = sources
    if (first === undefined) throw new Error('nobody to fetch from')
    const { artifact } = first
    this.#parts.source.await(artifact.sizeBytes)
    const strangers = sources.filter(({ place }) => !this.#isConnected(place))
    if (strangers.length > 0) this.#parts.named.set(artifact.digest, strangers.map(({ place }) => peerOf(place)))
    // Nobody who wants bytes waits until both know who the other is; whom a dial does not reach, the fetch misses too.
    void Promise.allSettled(strangers.map(({ place }) => this.meet(place)))
    await this.#parts.transfers.fetch(artifact, { urgency: 'interactive', signal: never })
    return join(this.#parts.folder, 'blobs', 'sha256', artifact.digest.slice(7, 9), artifact.digest.slice(9))
  }

  #isConnected(place: Place): boolean {
    return this.#parts.network.peers().some(({ peer }) => peer === peerOf(place))
  }

  async meet({ addresses: [address] }: Place): Promise<void> {
    await this.#parts.network.dial(parseMultiaddr(address ?? ''), never)
  }

  limit(up: number): void {
    this.#parts.bandwidth.setLimits({ up })
  }

  async miss(digest: Digest): Promise<Miss> {
    const { network, transfers } = this.#parts
    const peers = network.peers().length
    const began = performance.now()
    try {
      await transfers.fetch({ digest, sha512: '0'.repeat(128) as Sha512, sizeBytes: 1000 }, { urgency: 'interactive', signal: never })
      return { ms: performance.now() - began, code: 'found', peers }
    } catch (error) {
      return { ms: performance.now() - began, code: toGgenError(error).code, peers }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.running[Symbol.asyncDispose]()
  }
}

const peerOf = ({ addresses: [address] }: Place): PeerId => parsePeerId(String(address).split('/').at(-1) ?? '')
