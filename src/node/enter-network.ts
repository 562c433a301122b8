import { join } from 'node:path'
import type { Config } from '#config'
import { type AccessRecords, type Events, isGgenError, parseMultiaddr } from '#core'
import type { Network } from '#network'
import { type KeyFiles, openAnchorFile } from '#store/disk'
import { systemClock } from '#node/system'

export interface EnterOptions {
  readonly events: Events
  readonly keys: KeyFiles
  /** What former runs remember of peers. */
  readonly access: AccessRecords
  readonly signal: AbortSignal
}

const ANY_PORT = parseMultiaddr('/ip4/0.0.0.0/tcp/0')

/** Joins as the peer whose key lies in the home folder. Where nobody chose the port and the usual one is taken, any free one will do. */
export const enterNetwork = async (config: Config, { events, keys, access, signal }: EnterOptions): Promise<Network> => {
  // Half a second and tens of megabytes: only a node pays for it.
  const { generatePeerKey, joinNetwork } = await import('#network/libp2p')
  let privateKey = await keys.readPeerKey()
  if (privateKey === undefined) {
    privateKey = await generatePeerKey()
    await keys.writePeerKey(privateKey)
  }
  const { listen, bootstrap, mdns, network: networkName, gossip, light, tuning } = config
  const anchors = openAnchorFile(join(config.home, 'anchors.json'))
  const options = { privateKey, anchors, bootstrap, mdns, networkName, gossip, light, tuning, access, clock: systemClock, events, signal }
  try {
    return await joinNetwork({ ...options, listen })
  } catch (error) {
    if (!config.listenIsDefault || !isGgenError(error, 'port-in-use')) throw error
    return await joinNetwork({ ...options, listen: [ANY_PORT] })
  }
}
