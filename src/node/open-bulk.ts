import type { BlobShelf, BulkChannel, Pace } from '#bulk'
import type { Config } from '#config'
import { type Events, GgenError, isGgenError } from '#core'
import type { Network } from '#network'
import type { KeyFiles } from '#store/disk'
import { systemClock } from '#node/system'

export interface BulkOptions {
  readonly keys: KeyFiles
  readonly network: Network
  readonly shelf: BlobShelf
  /** Waits before bytes are sent. */
  readonly pace: Pace
  readonly events: Events
}

const LISTEN_HOST = /^\/ip[46]\/([^/]+)\//

/**
 * Listens where the node listens, so that whoever reaches one reaches the other. Where nobody chose the port and the usual one is taken, any
 * free one will do.
 */
export const openBulk = async (config: Config, { keys, network, shelf, pace, events }: BulkOptions): Promise<BulkChannel> => {
  const { openTlsChannel } = await import('#bulk/tls')
  const peerKey = await keys.readPeerKey()
  if (peerKey === undefined) throw new GgenError('key-missing', 'the key of this node has disappeared')
  const options = { peerKey, shelf, pace, events, clock: systemClock, admits: network.admits.bind(network) }
  const host = LISTEN_HOST.exec(config.listen[0] ?? '')?.[1]
  if (config.bulkPort === undefined || host === undefined) return openTlsChannel(options)
  try {
    return await openTlsChannel({ ...options, listen: { host, port: config.bulkPort } })
  } catch (error) {
    if (!config.bulkPortIsDefault || !isGgenError(error, 'port-in-use')) throw error
    return await openTlsChannel({ ...options, listen: { host, port: 0 } })
  }
}
