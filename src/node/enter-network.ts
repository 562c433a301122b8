import { join } from 'node:path'
import type { Config } from '#config'
import { type AccessRecords, type Events, isGgenError, parseMultiaddr } from '#core'
import { aloneNetwork, type Network } from '#network'
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

/** The key that makes a peer of this node; made when it is missing. */
const readKey = async ({ keys }: EnterOptions): Promise<Uint8Array> => {
  const { generatePeerKey } = await import('#network/libp2p')
  const held = await keys.readPeerKey()
  if (held !== undefined) return held
  const made = await generatePeerKey()
  await keys.writePeerKey(made)
  return made
}

/** Stays by itself, as the peer whose key lies in the home folder. */
export const stayAlone = async (options: EnterOptions): Promise<Network> => {
  const { peerIdOfKey } = await import('#network/libp2p')
  return aloneNetwork({ self: await peerIdOfKey(await readKey(options)), clock: systemClock, events: options.events, records: options.access })
}

const sealedBy = ({ joined }: Config): { readonly networkKey?: Uint8Array } => (joined === undefined ? {} : { networkKey: joined.key })

/** Joins as the peer whose key lies in the home folder. Where nobody chose the port and the usual one is taken, any free one will do. */
export const enterNetwork = async (config: Config, entering: EnterOptions): Promise<Network> => {
  // Half a second and tens of megabytes: only a node pays for it.
  const { joinNetwork } = await import('#network/libp2p')
  const privateKey = await readKey(entering)
  const { events, access, signal } = entering
  const { listen, bootstrap, mdns, network: networkName, gossip, light, tuning } = config
  const anchors = openAnchorFile(join(config.dataFolder, 'anchors.json'))
  const options = { privateKey, anchors, bootstrap, mdns, networkName, gossip, light, tuning, access, clock: systemClock, events, signal, ...sealedBy(config) }
  try {
    return await joinNetwork({ ...options, listen })
  } catch (error) {
    if (!config.listenIsDefault || !isGgenError(error, 'port-in-use')) throw error
    return await joinNetwork({ ...options, listen: [ANY_PORT] })
  }
}
