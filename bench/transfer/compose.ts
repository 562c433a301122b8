import { createReadStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Artifact, type Clock, type Digest, Events, Fingerprinter, GgenError, type Multiaddr, parseMultiaddr, type PeerId, type Sha512, toGgenError,
} from '#core'
import { answerBlobs, type BlobSource, type BulkChannel, fallbackSource, streamSource } from '#bulk'
import { openTlsChannel } from '#bulk/tls'
import { answerHave, createShelf, HolderFinder } from '#flow/fetch'
import { generatePeerKey, joinNetwork } from '#network/libp2p'
import type { Network } from '#network'
import type { BlobStore } from '#store'
import { openDiskBlobs } from '#store/disk'

const MiB = 1024 * 1024
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
  /** The port that stands in for it: a proxy in front of the node. */
  readonly bulkProxy?: number
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
  /** Asks for a blob that nobody has. */
  miss(digest: Digest): Promise<Miss>
}

/** Opens a node on loopback in a folder of its own. */
export const openPeer = async (folder: string): Promise<Peer> => {
  await using opened = new AsyncDisposableStack()
  await mkdir(folder, { recursive: true })
  const blobs = opened.use(await openDiskBlobs(join(folder, 'blobs')))
  const peerKey = await generatePeerKey()
  const options = { privateKey: peerKey, listen: [parseMultiaddr('/ip4/127.0.0.1/tcp/0')], bootstrap: [], mdns: false, networkName: 'bench' }
  const network = opened.use(await joinNetwork({ ...options, clock, events: new Events(), signal: never }))
  const shelf = createShelf({ blobs, running: () => undefined })
  const admits = (peer: PeerId, host: string): boolean => network.admits(peer, host)
  const channel = opened.use(await openTlsChannel({ peerKey, listen: { host: '127.0.0.1', port: 0 }, shelf, clock, admits }))
  opened.use(answerHave({ network, shelf, bulk: channel }))
  opened.use(answerBlobs(network, shelf))
  const proxies = new Map<number, number>()
  const learn: BulkChannel['learn'] = (from, host, offer) => channel.learn(from, host, { ...offer, port: proxies.get(offer.port) ?? offer.port })
  const finder = opened.use(new HolderFinder({ network, clock, bulk: { learn } }))
  const source = fallbackSource(channel, streamSource({ network, clock }), clock)
  return new LoopbackPeer({ folder, blobs, network, channel, proxies, finder, source, running: opened.move() })
}

interface Parts {
  readonly folder: string
  readonly blobs: BlobStore
  readonly network: Network
  readonly channel: BulkChannel
  /** The ports of peers' channels that are to be reached through others. */
  readonly proxies: Map<number, number>
  readonly finder: HolderFinder
  readonly source: BlobSource
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
    await using writer = await this.#parts.blobs.create()
    const hash = new Fingerprinter()
    for await (const chunk of createReadStream(file, { highWaterMark: MiB }) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      await writer.append(chunk)
    }
    await writer.seal()
    return { artifact: hash.finish(), place: this.place() }
  }

  async fetch(sources: readonly Source[]): Promise<string> {
    const [first] = sources
    if (first === undefined) throw new Error('nobody to fetch from')
    const { artifact } = first
    await Promise.all(sources.map((each) => this.meet(each.place)))
    await this.#bring(artifact)
    return join(this.#parts.folder, 'blobs', 'sha256', artifact.digest.slice(7, 9), artifact.digest.slice(9))
  }

  async meet({ addresses: [address], bulkPort, bulkProxy }: Place): Promise<void> {
    if (bulkProxy !== undefined) this.#parts.proxies.set(bulkPort, bulkProxy)
    await this.#parts.network.dial(parseMultiaddr(address ?? ''), never)
  }

  async miss(digest: Digest): Promise<Miss> {
    const peers = this.#parts.network.peers().length
    const began = performance.now()
    try {
      await this.#bring({ digest, sha512: '0'.repeat(128) as Sha512, sizeBytes: 1000 })
      return { ms: performance.now() - began, code: 'found', peers }
    } catch (error) {
      return { ms: performance.now() - began, code: toGgenError(error).code, peers }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.running[Symbol.asyncDispose]()
  }

  async #bring({ digest, sizeBytes, sha512 }: Artifact): Promise<void> {
    const { finder, blobs, source } = this.#parts
    for await (const { peer } of finder.find(digest, never)) {
      await using partial = await blobs.partial(digest, sizeBytes)
      let at = 0
      for await (const chunk of source.read({ peer, digest, sizeBytes, offset: 0, length: sizeBytes }, never)) {
        await partial.write(at, [chunk])
        at += chunk.length
      }
      await partial.seal(sha512)
      return
    }
    throw new GgenError('no-holder', 'nobody has it')
  }
}
