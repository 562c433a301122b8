import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { memoryFolder, type MemoryNode } from '#archive'
import { openTlsChannel } from '#bulk/tls'
import { Events, type GgenEvent, LIMITS, type Multiaddr, parseMultiaddr } from '#core'
import type { PublishSource } from '#flow/publish'
import { Admissions } from '#flow/verify'
import type { Network } from '#network'
import { generatePeerKey, joinNetwork } from '#network/libp2p'
import { type MarketplaceParts, NodeMarketplace, type PublishReceipt } from '#marketplace'
import {
  type BlobStore, type Catalogue, memoryBlobStore, memoryCatalogue, memoryPackageSearch, memoryReceiptStore, memoryTrustStore, type TrustStore,
} from '#store'
import { openCatalogue, openDiskBlobs, openPackageSearch, openReceiptStore, openTrustStore } from '#store/disk'
import { openEach } from '#trust'
import { realClock } from './real-clock.ts'
import { publishAs } from './marketplaces.ts'
import { seeded } from './publisher.ts'

export interface RealNodeOptions {
  /** Whom it connects to. */
  readonly bootstrap?: readonly Multiaddr[]
  /** Keeps everything in files of this folder; absent: in memory. */
  readonly folder?: string
  /** Envelopes that it knows before it meets anybody, parents first. */
  readonly knows?: readonly Uint8Array[]
  readonly syncEveryMs?: number
  readonly light?: boolean
  /** An address of this machine; others than 127.0.0.1 count as other hosts. */
  readonly host?: string
}

/** A whole node in this process, over real sockets. */
export interface RealNode extends AsyncDisposable {
  readonly marketplace: NodeMarketplace
  readonly network: Network
  readonly blobs: BlobStore
  readonly catalogue: Catalogue
  readonly trust: TrustStore
  /** Everything that happened, oldest first. */
  readonly events: readonly GgenEvent[]
  readonly addresses: readonly Multiaddr[]
  /** Publishes a folder of files as the publisher that a seed names. */
  publish(files: Readonly<Record<string, MemoryNode>>, publisher: string): Promise<PublishReceipt>
  /** Publishes a folder or an archive, wherever it comes from. */
  publishFrom(source: PublishSource, publisher: string): Promise<PublishReceipt>
}

type Stores = Pick<MarketplaceParts, 'blobs' | 'catalogue' | 'search' | 'trust' | 'receipts'>

const inMemory = (): Stores => {
  const catalogue = memoryCatalogue()
  return { catalogue, blobs: memoryBlobStore(), search: memoryPackageSearch(catalogue), trust: memoryTrustStore(), receipts: memoryReceiptStore() }
}

const onDisk = async (folder: string, opened: AsyncDisposableStack): Promise<Stores> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const trust = opened.use(openTrustStore(join(folder, 'trust.db')))
  return {
    trust,
    blobs: opened.use(await openDiskBlobs(join(folder, 'blobs'), { isKept: trust.isKept.bind(trust), reserveBytes: 0 })),
    catalogue: opened.use(openCatalogue(join(folder, 'catalogue.db'))),
    search: opened.use(openPackageSearch(join(folder, 'catalogue.db'))),
    receipts: opened.use(openReceiptStore(join(folder, 'receipts.db'))),
  }
}

/** Starts one; it listens on the loopback interface. */
export const openRealNode = async (options: RealNodeOptions = {}): Promise<RealNode> => {
  const { folder, bootstrap = [], knows = [], host = '127.0.0.1', light = false, syncEveryMs = LIMITS.syncEveryMs } = options
  await using opened = new AsyncDisposableStack()
  const stores = folder === undefined ? inMemory() : await onDisk(folder, opened)
  const admissions = new Admissions(stores.catalogue, realClock)
  for (const envelope of knows) admissions.admit(envelope)
  const events = new Events()
  const seen: GgenEvent[] = []
  events.subscribe((event) => seen.push(event))
  const peerKey = await generatePeerKey()
  const network = opened.use(await joinNetwork({
    privateKey: peerKey, listen: [parseMultiaddr(`/ip4/${host}/tcp/0`)], bootstrap, mdns: false, clock: realClock, events, light,
    signal: AbortSignal.timeout(LIMITS.askTimeoutMs),
  }))
  let source: PublishSource = { kind: 'folder', tree: memoryFolder({}) }
  const marketplace = opened.use(await NodeMarketplace.open({
    ...stores, network, events, light, syncEveryMs,
    clock: realClock, random: seeded(network.self), seed: { follow: [], all: false },
    policy: { firstUse: 'accept', coolDownMs: 0, namespaces: new Map() },
    quota: { total: LIMITS.catalogueQuotaBytes, perIdentity: LIMITS.identityQuotaBytes },
    openAll: async (envelopes) => openEach(envelopes),
    openSource: async () => source,
    openBulk: (shelf) =>
      openTlsChannel({ peerKey, listen: { host, port: 0 }, shelf, clock: realClock, admits: (peer, from) => network.admits(peer, from) }),
  }))
  const publishFrom: RealNode['publishFrom'] = async (from, publisher) => {
    source = from
    return await publishAs(marketplace, publisher)
  }
  const running = opened.move()
  return {
    marketplace, network, events: seen, blobs: stores.blobs, catalogue: stores.catalogue, trust: stores.trust, addresses: network.addresses(), publishFrom,
    publish: (files, publisher) => publishFrom({ kind: 'folder', tree: memoryFolder(files) }, publisher),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
