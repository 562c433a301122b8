import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Bandwidth, downloadPace, keepLimits, type KeptLimits, uploadPace } from '#bandwidth'
import type { Config } from '#config'
import { type Events, LIMITS } from '#core'
import { type Marketplace, NodeMarketplace } from '#marketplace'
import type { Network } from '#network'
import { systemClock, systemRandom } from '#node/system'
import { lockHome, openCatalogue, openDiskBlobs, openKeyFiles, openLimitsFile, openPackageSearch, openReceiptStore, openTrustStore } from '#store/disk'
import { enterNetwork } from './enter-network.ts'
import { openBulk } from './open-bulk.ts'
import { openSource } from './open-source.ts'
import { OpenThread } from './open-thread.ts'

/** A node that is up. Disposing stops it in the reverse order of its start. */
export interface OpenNode extends AsyncDisposable {
  readonly network: Network
  readonly marketplace: Marketplace
  /** What of the bandwidth it may take. */
  readonly limits: KeptLimits
}

export interface NodeOptions {
  /** Tells what happens, also before the node is open. */
  readonly events: Events
  readonly signal: AbortSignal
  /** Where its keys lie, which no other node may use meanwhile; absent: `keys` in the home folder. */
  readonly keysFolder?: string
}

const keysOf = (home: string): string => join(home, 'keys')

/**
 * Plugs the real things together: one home folder, its stores and the network. Throws `daemon-already-running`, `home-insecure`, `store-broken`,
 * `disk-full`, `port-in-use`, `config-invalid`.
 */
export const openNode = async (config: Config, { events, signal, keysFolder = keysOf(config.home) }: NodeOptions): Promise<OpenNode> => {
  await using opened = new AsyncDisposableStack()
  await mkdir(config.home, { recursive: true, mode: 0o700 })
  opened.use(await lockHome(config.home))
  const bandwidth = new Bandwidth(systemClock)
  const limits = await keepLimits(bandwidth, config.limits, openLimitsFile(join(config.home, 'limits.json')))
  if (keysFolder !== keysOf(config.home)) opened.use(await lockHome(keysFolder))
  const keys = await openKeyFiles(keysFolder, config.peerKeyPath)
  const peerFolder = config.peerKeyPath === undefined ? keysFolder : dirname(config.peerKeyPath)
  if (![config.home, keysOf(config.home), keysFolder].includes(peerFolder)) opened.use(await lockHome(peerFolder))
  const trust = opened.use(openTrustStore(join(config.home, 'trust.db')))
  const quota = { isKept: trust.isKept.bind(trust), quotaBytes: config.quotaBytes ?? Infinity }
  const blobs = opened.use(await openDiskBlobs(join(config.home, 'blobs'), quota))
  const catalogue = opened.use(openCatalogue(join(config.home, 'catalogue.db')))
  const search = opened.use(openPackageSearch(join(config.home, 'catalogue.db')))
  const receipts = opened.use(openReceiptStore(join(config.home, 'receipts.db')))
  const network = opened.use(await enterNetwork(config, { events, signal, keys, access: trust.access }))
  const pace = uploadPace(bandwidth)
  const opening = opened.use(new OpenThread())
  const marketplace = opened.use(
    await NodeMarketplace.open({
      network, blobs, catalogue, search, trust, receipts, events, openSource,
      clock: systemClock,
      openAll: opening.openAll,
      random: systemRandom,
      light: config.light,
      syncEveryMs: config.syncEveryMs,
      quota: { total: config.catalogueQuotaBytes ?? Infinity, perIdentity: LIMITS.identityQuotaBytes },
      seed: config.seed,
      policy: config.trust,
      ...(config.trust.domains && { openDomains: async () => (await import('#domains/web')).openDomainRecords() }),
      openBulk: (shelf) => openBulk(config, { keys, network, shelf, pace, events }),
      uploadPace: pace,
      downloadPace: (urgency) => downloadPace(bandwidth, urgency),
    }),
  )
  const running = opened.move()
  return { network, marketplace, limits, [Symbol.asyncDispose]: () => running.disposeAsync() }
}
