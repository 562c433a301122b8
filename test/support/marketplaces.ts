import { memoryFolder, type MemoryNode } from '#archive'
import { type Digest, Events, GgenError, type GgenEvent, LIMITS } from '#core'
import type { PublishSource } from '#flow/publish'
import { parentsFirst } from '#flow/sync'
import type { MemoryHub, Network } from '#network'
import { type MarketplaceParts, NodeMarketplace, type PublishReceipt, type PublishRequest } from '#marketplace'
import {
  type BlobStore, type Catalogue, memoryBlobStore, memoryCatalogue, memoryPackageSearch, memoryReceiptStore, memoryTrustStore, type PackageSearch,
  type RegistryRecords, type TrustStore,
} from '#store'
import { createIdentity, keyPairFromSeed, openEach, signingBytes } from '#trust'
import type { TestClock } from './clock.ts'
import { seeded, TEST_EPOCH } from './publisher.ts'

const never = new AbortController().signal

export interface MarketplaceOptions {
  /** What lies at a path; absent: whatever `source` was told. */
  readonly openSource?: MarketplaceParts['openSource']
  readonly hub: MemoryHub
  readonly clock: TestClock
  readonly light?: boolean
  readonly seed?: MarketplaceParts['seed']
  readonly trust?: TrustStore
  readonly blobs?: BlobStore
  readonly quota?: MarketplaceParts['quota']
  /** What was promised to publishers that hand in here; absent: nothing is taken from them. */
  readonly promises?: RegistryRecords
  /** Default: the only publisher of a name is taken, and new versions at once. */
  readonly policy?: MarketplaceParts['policy']
  /** Default: no domain is asked. */
  readonly openDomains?: NonNullable<MarketplaceParts['openDomains']>
  /** Default: peers alone. */
  readonly registries?: NonNullable<MarketplaceParts['registries']>
  /** Where the ops are kept, which whoever gives it disposes, and what finds them. */
  readonly index?: { readonly catalogue: Catalogue; readonly search: PackageSearch }
}

/** A whole node in memory, with everything that a test wants to see or disturb. */
export interface TestMarketplace extends AsyncDisposable {
  readonly marketplace: NodeMarketplace
  readonly network: Network
  readonly blobs: BlobStore
  readonly catalogue: Catalogue
  readonly trust: TrustStore
  readonly events: readonly GgenEvent[]
  /** Publishes a folder of files as the publisher that a seed names. */
  publish(files: Readonly<Record<string, MemoryNode>>, publisher?: string, more?: MoreOfPublish): Promise<PublishReceipt>
  /** What the next thing that is published is made of. */
  readonly source: (from: PublishSource) => void
  /** Publishes a folder or an archive, wherever it comes from. */
  readonly publishFrom: (source: PublishSource, publisher?: string, more?: MoreOfPublish) => Promise<PublishReceipt>
}

type MoreOfPublish = Pick<PublishRequest, 'mirror' | 'tells'>

/** Opens a marketplace over memory twins. */
export const openMarketplace = async (options: MarketplaceOptions): Promise<TestMarketplace> => {
  const { hub, clock, light = false, seed = { follow: [], all: false }, trust = memoryTrustStore(), blobs = memoryBlobStore() } = options
  const { quota = { total: LIMITS.catalogueQuotaBytes, perIdentity: LIMITS.identityQuotaBytes } } = options
  const events = new Events()
  const seen: GgenEvent[] = []
  events.subscribe((event) => seen.push(event))
  const network = hub.join({ events })
  const { catalogue, search } = options.index ?? memoryIndex()
  let source: PublishSource = { kind: 'folder', tree: memoryFolder({}) }
  const marketplace = await NodeMarketplace.open({
    network, blobs, catalogue, search, trust, receipts: memoryReceiptStore(), clock, random: seeded(network.self), events, light, seed,
    openAll: async (envelopes) => openEach(envelopes),
    quota,
    policy: options.policy ?? { firstUse: 'accept', coolDownMs: 0, namespaces: new Map() },
    ...(options.openDomains !== undefined && { openDomains: options.openDomains }),
    ...(options.promises !== undefined && { promises: options.promises }),
    ...(options.registries !== undefined && { registries: options.registries }),
    syncEveryMs: LIMITS.syncEveryMs,
    openSource: options.openSource ?? (async () => source),
  })
  const publishFrom: TestMarketplace['publishFrom'] = async (from, publisher = network.self, more) => {
    source = from
    return await publishAs(marketplace, publisher, more)
  }
  return {
    marketplace, network, blobs, catalogue, trust, events: seen,
    source: (from) => {
      source = from
    },
    publishFrom,
    publish: (files, publisher, more) => publishFrom({ kind: 'folder', tree: memoryFolder(files) }, publisher, more),
    [Symbol.asyncDispose]: async () => {
      await marketplace[Symbol.asyncDispose]()
      await search[Symbol.asyncDispose]()
      await network[Symbol.asyncDispose]()
    },
  }
}

const memoryIndex = (): NonNullable<MarketplaceOptions['index']> => {
  const catalogue = memoryCatalogue()
  return { catalogue, search: memoryPackageSearch(catalogue) }
}

/** Publishes what `openSource` opens, as the publisher that a seed names: prepare, sign, commit. */
export const publishAs = async (marketplace: NodeMarketplace, publisher: string, more: MoreOfPublish = {}): Promise<PublishReceipt> => {
  const { identity, genesis, release } = createIdentity(seeded(publisher), TEST_EPOCH)
  const key = keyPairFromSeed(release)
  const prepared = await marketplace.prepare({ path: '/', identity, chain: [genesis], feed: key.publicKey, ...more }, never)
  if (prepared.state === 'published') return prepared.receipt
  const receipt = await marketplace.commit(prepared.intent, [{ key: key.publicKey, signature: key.sign(signingBytes(prepared.payload)) }])
  if (receipt.op !== prepared.intent) throw new GgenError('internal', 'the receipt names another op')
  return receipt
}

/** The files of a small package. */
export const smallPackage = (name: string, version = '1.0.0', description = 'a small package'): Readonly<Record<string, string>> => ({
  'pack.toml': `[pack]\nname = "${name}"\nversion = "${version}"\ndescription = "${description}"\n`,
  'README.md': `# ${name}\n`,
})

/** What a publisher hands over: records, parents first, and the archive. */
export interface HandedOver {
  readonly envelopes: readonly Uint8Array[]
  readonly digest: Digest
  readonly archive: Uint8Array
}

/** What somebody who published on one node would hand over to another one. */
export const handedOver = async ({ catalogue, blobs }: TestMarketplace, { identity, name, digest, sizeBytes }: PublishReceipt): Promise<HandedOver> => ({
  envelopes: parentsFirst(catalogue.chainOps(identity), catalogue.feedOps(identity, name)),
  digest,
  archive: await blobs.read(digest, { offset: 0, length: sizeBytes }),
})
