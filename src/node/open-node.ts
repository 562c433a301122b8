import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { BlobShelf } from '#bulk'
import { Bandwidth, downloadPace, keepLimits, type KeptLimits, uploadPace } from '#bandwidth'
import type { Config } from '#config'
import { type Digest, type Events, LIMITS } from '#core'
import { NodeMarketplace, type Shelf } from '#marketplace'
import type { Network } from '#network'
import { systemClock, systemRandom } from '#node/system'
import type { BlobStore, RegistryRecords } from '#store'
import {
  lockHome, openCatalogue, openDiskBlobs, openKeyFiles, openLimitsFile, openPackageSearch, openReceiptStore, openRegistryRecords, openTrustStore,
} from '#store/disk'
import { enterNetwork, stayAlone } from './enter-network.ts'
import { followNamed } from './follow-named.ts'
import { NpmDepot } from './npm-depot.ts'
import type { NpmConfiguration } from './npm-sources.ts'
import { offerNpm, type OpenNpm } from './offer-npm.ts'
import { openBulk } from './open-bulk.ts'
import { openRegistries } from './open-registries.ts'
import { openSource } from './open-source.ts'
import { OpenThread } from './open-thread.ts'

/** A node that is up. Disposing stops it in the reverse order of its start. */
export interface OpenNode extends AsyncDisposable {
  readonly network: Network
  /** All bytes that it holds. */
  readonly blobs: BlobStore
  readonly marketplace: NodeMarketplace
  /** What of the bandwidth it may take. */
  readonly limits: KeptLimits
  /** What doors hand on as it is; only where publishers hand in here. */
  readonly shelf?: Shelf
  /** The packages of npm registries; only where the npm configuration of a user is given. */
  readonly depot?: OpenNpm
}

export interface NodeOptions {
  /** Tells what happens, also before the node is open. */
  readonly events: Events
  readonly signal: AbortSignal
  /** Where its keys lie, which no other node may use meanwhile; absent: `keys` in the home folder. */
  readonly keysFolder?: string
  /** Publishers hand in here what is kept for good. A home where they did keeps it in any case. */
  readonly takesPromises?: boolean
  /** Stays by itself, whatever network is configured. */
  readonly alone?: boolean
  /** How npm is configured for whoever installs through this node; absent: nobody does. */
  readonly npm?: NpmConfiguration
}

/** A home where publishers have handed something in keeps it, whether they may hand in more or not. */
const openPromises = (folder: string, isWanted: boolean): RegistryRecords | undefined => {
  const path = join(folder, 'registry.db')
  return isWanted || existsSync(path) ? openRegistryRecords(path) : undefined
}

const keysOf = (home: string): string => join(home, 'keys')

/**
 * Plugs the real things together: one home folder, its stores and the network. Throws `daemon-already-running`, `home-insecure`, `store-broken`,
 * `disk-full`, `port-in-use`, `config-invalid`.
 */
export const openNode = async (config: Config, options: NodeOptions): Promise<OpenNode> => {
  const { events, signal, keysFolder = keysOf(config.home), takesPromises = false, alone = false } = options
  await using opened = new AsyncDisposableStack()
  await mkdir(config.home, { recursive: true, mode: 0o700 })
  opened.use(await lockHome(config.home))
  const bandwidth = new Bandwidth(systemClock)
  const limits = await keepLimits(bandwidth, config.limits, openLimitsFile(join(config.home, 'limits.json')))
  if (keysFolder !== keysOf(config.home)) opened.use(await lockHome(keysFolder))
  const keys = await openKeyFiles(keysFolder, config.peerKeyPath)
  const peerFolder = config.peerKeyPath === undefined ? keysFolder : dirname(config.peerKeyPath)
  if (![config.home, keysOf(config.home), keysFolder].includes(peerFolder)) opened.use(await lockHome(peerFolder))
  const { dataFolder } = config
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  const trust = opened.use(openTrustStore(join(dataFolder, 'trust.db')))
  await followNamed(config, trust)
  const promises = openPromises(dataFolder, takesPromises)
  if (promises !== undefined) opened.use(promises)
  const isKept = (digest: Digest): boolean => trust.isKept(digest) || promises?.keeps(digest) === true
  const quota = { isKept, quotaBytes: config.quotaBytes ?? Infinity }
  const blobs = opened.use(await openDiskBlobs(join(dataFolder, 'blobs'), quota))
  const catalogue = opened.use(openCatalogue(join(dataFolder, 'catalogue.db')))
  const search = opened.use(openPackageSearch(join(dataFolder, 'catalogue.db')))
  const receipts = opened.use(openReceiptStore(join(dataFolder, 'receipts.db')))
  const entering = { events, signal, keys, access: trust.access }
  const network = opened.use(await (alone ? stayAlone(entering) : enterNetwork(config, entering)))
  const pace = uploadPace(bandwidth)
  const npm = options.npm === undefined ? undefined : opened.use(new NpmDepot(dataFolder))
  const opening = opened.use(new OpenThread())
  const registries = opened.use(openRegistries(config))
  const marketplace = opened.use(
    await NodeMarketplace.open({
      network, blobs, catalogue, search, trust, receipts, events, openSource,
      clock: systemClock,
      openAll: opening.openAll,
      random: systemRandom,
      light: config.light,
      publishes: config.publishes,
      syncEveryMs: config.syncEveryMs,
      quota: { total: config.catalogueQuotaBytes ?? Infinity, perIdentity: LIMITS.identityQuotaBytes },
      seed: config.seed,
      policy: config.trust,
      registries,
      ...(config.trust.domains && { openDomains: async () => (await import('#domains/web')).openDomainRecords() }),
      ...(!alone && { openBulk: (shelf: BlobShelf) => openBulk(config, { keys, network, shelf, pace, events }) }),
      ...(promises !== undefined && { promises }),
      ...(npm !== undefined && { isSecret: (digest: Digest) => config.joined === undefined && npm.isSecret(digest) }),
      uploadPace: pace,
      downloadPace: (urgency) => downloadPace(bandwidth, urgency),
    }),
  )
  const shelf = takesPromises && promises !== undefined ? { shelf: await marketplace.openShelf(promises, signal) } : {}
  const offering = { config, blobs, network, marketplace, events, catalogue, kept: trust.archives }
  const packages = npm === undefined || options.npm === undefined ? {} : { depot: await offerNpm(npm, { ...offering, configuration: options.npm }) }
  const running = opened.move()
  return { network, blobs, marketplace, limits, ...shelf, ...packages, [Symbol.asyncDispose]: () => running.disposeAsync() }
}
