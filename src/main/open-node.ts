import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Bandwidth, downloadPace, keepLimits, uploadPace } from '#bandwidth'
import type { Config } from '#config'
import { type Events, LIMITS, type Multiaddr, type PeerId } from '#core'
import { serveControl } from '#doors/daemon'
import { NodeMarketplace } from '#marketplace'
import { lockHome, openCatalogue, openDiskBlobs, openKeyFiles, openLimitsFile, openPackageSearch, openReceiptStore, openTrustStore } from '#store/disk'
import { enterNetwork } from './enter-network.ts'
import { openBulk } from './open-bulk.ts'
import { openSource } from './open-source.ts'
import { OpenThread } from './open-thread.ts'
import { systemClock, systemRandom } from './system-clock.ts'
import { VERSION } from './version.ts'

/** A node that is up. Disposing stops it in the reverse order of its start. */
export interface OpenNode extends AsyncDisposable {
  readonly peerId: PeerId
  readonly addresses: readonly Multiaddr[]
}

export interface OpenOptions {
  /** Tells what happens, also before the node is open. */
  readonly events: Events
  /** Is called when a client asks the node to stop. */
  readonly stop: () => void
  readonly signal: AbortSignal
}

/**
 * Plugs the real things together: one home folder, its stores, the network and the control socket. Throws `daemon-already-running`,
 * `home-insecure`, `store-broken`, `disk-full`, `port-in-use`, `config-invalid`.
 */
export const openNode = async (config: Config, { events, stop, signal }: OpenOptions): Promise<OpenNode> => {
  await using opened = new AsyncDisposableStack()
  await mkdir(config.home, { recursive: true, mode: 0o700 })
  opened.use(await lockHome(config.home))
  const bandwidth = new Bandwidth(systemClock)
  const limits = await keepLimits(bandwidth, config.limits, openLimitsFile(join(config.home, 'limits.json')))
  const keys = await openKeyFiles(join(config.home, 'keys'))
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
  const tcp = config.controlPort === undefined ? {} : { tcp: { port: config.controlPort, tokenPath: config.controlTokenPath } }
  opened.use(await serveControl({ marketplace, network, limits, events, socketPath: config.socketPath, ...tcp, version: VERSION, stop, signal }))
  const running = opened.move()
  return { peerId: network.self, addresses: network.addresses(), [Symbol.asyncDispose]: () => running.disposeAsync() }
}
