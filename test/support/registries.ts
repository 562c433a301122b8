import { memoryFolder, type MemoryNode } from '#archive'
import { Events, GgenError, type GgenEvent, LIMITS } from '#core'
import type { PublishSource } from '#flow/publish'
import type { MemoryHub, Network } from '#network'
import { type P2PParts, P2PRegistry, type PublishReceipt } from '#registry'
import {
  type BlobStore, type Catalogue, memoryBlobStore, memoryCatalogue, memoryPackageSearch, memoryReceiptStore, memoryTrustStore, type PackageSearch,
  type TrustStore,
} from '#store'
import { createIdentity, keyPairFromSeed, openEach, signingBytes } from '#trust'
import type { TestClock } from './clock.ts'
import { seeded, TEST_EPOCH } from './publisher.ts'

const never = new AbortController().signal

export interface RegistryOptions {
  readonly hub: MemoryHub
  readonly clock: TestClock
  readonly light?: boolean
  readonly seed?: P2PParts['seed']
  readonly trust?: TrustStore
  readonly blobs?: BlobStore
  readonly quota?: P2PParts['quota']
  /** Default: the only publisher of a name is taken, and new versions at once. */
  readonly policy?: P2PParts['policy']
  /** Default: no domain is asked. */
  readonly openDomains?: NonNullable<P2PParts['openDomains']>
  /** Where the ops are kept, which whoever gives it disposes, and what finds them. */
  readonly index?: { readonly catalogue: Catalogue; readonly search: PackageSearch }
}

/** A whole node in memory, with everything that a test wants to see or disturb. */
export interface TestRegistry extends AsyncDisposable {
  readonly registry: P2PRegistry
  readonly network: Network
  readonly blobs: BlobStore
  readonly catalogue: Catalogue
  readonly trust: TrustStore
  readonly events: readonly GgenEvent[]
  /** Publishes a folder of files as the publisher that a seed names. */
  publish(files: Readonly<Record<string, MemoryNode>>, publisher?: string): Promise<PublishReceipt>
  /** What the next thing that is published is made of. */
  readonly source: (from: PublishSource) => void
  /** Publishes a folder or an archive, wherever it comes from. */
  readonly publishFrom: (source: PublishSource, publisher?: string) => Promise<PublishReceipt>
}

/** Opens a registry over memory twins. */
export const openRegistry = async (options: RegistryOptions): Promise<TestRegistry> => {
  const { hub, clock, light = false, seed = { follow: [], all: false }, trust = memoryTrustStore(), blobs = memoryBlobStore() } = options
  const { quota = { total: LIMITS.catalogueQuotaBytes, perIdentity: LIMITS.identityQuotaBytes } } = options
  const events = new Events()
  const seen: GgenEvent[] = []
  events.subscribe((event) => seen.push(event))
  const network = hub.join({ events })
  const { catalogue, search } = options.index ?? memoryIndex()
  let source: PublishSource = { kind: 'folder', tree: memoryFolder({}) }
  const registry = await P2PRegistry.open({
    network, blobs, catalogue, search, trust, receipts: memoryReceiptStore(), clock, random: seeded(network.self), events, light, seed,
    openAll: async (envelopes) => openEach(envelopes),
    quota,
    policy: options.policy ?? { firstUse: 'accept', coolDownMs: 0, namespaces: new Map() },
    ...(options.openDomains !== undefined && { openDomains: options.openDomains }),
    syncEveryMs: LIMITS.syncEveryMs,
    openSource: async () => source,
  })
  const publishFrom: TestRegistry['publishFrom'] = async (from, publisher = network.self) => {
    source = from
    return await publishAs(registry, publisher)
  }
  return {
    registry, network, blobs, catalogue, trust, events: seen,
    source: (from) => {
      source = from
    },
    publishFrom,
    publish: (files, publisher) => publishFrom({ kind: 'folder', tree: memoryFolder(files) }, publisher),
    [Symbol.asyncDispose]: async () => {
      await registry[Symbol.asyncDispose]()
      await search[Symbol.asyncDispose]()
      await network[Symbol.asyncDispose]()
    },
  }
}

const memoryIndex = (): NonNullable<RegistryOptions['index']> => {
  const catalogue = memoryCatalogue()
  return { catalogue, search: memoryPackageSearch(catalogue) }
}

/** Publishes what `openSource` opens, as the publisher that a seed names: prepare, sign, commit. */
export const publishAs = async (registry: P2PRegistry, publisher: string): Promise<PublishReceipt> => {
  const { identity, genesis, release } = createIdentity(seeded(publisher), TEST_EPOCH)
  const key = keyPairFromSeed(release)
  const prepared = await registry.prepare({ path: '/', identity, chain: [genesis], feed: key.publicKey }, never)
  if (prepared.state === 'published') return prepared.receipt
  const receipt = await registry.commit(prepared.intent, [{ key: key.publicKey, signature: key.sign(signingBytes(prepared.payload)) }])
  if (receipt.op !== prepared.intent) throw new GgenError('internal', 'the receipt names another op')
  return receipt
}

/** The files of a small package. */
export const smallPackage = (name: string, version = '1.0.0', description = 'a small package'): Readonly<Record<string, string>> => ({
  'pack.toml': `[pack]\nname = "${name}"\nversion = "${version}"\ndescription = "${description}"\n`,
  'README.md': `# ${name}\n`,
})
