import { generateKeyPair } from '@libp2p/crypto/keys'
import { gossipsub, type GossipSub } from '@libp2p/gossipsub'
import { identify, type Identify } from '@libp2p/identify'
import type { Connection, PrivateKey, Stream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { preSharedKey } from '@libp2p/pnet'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { connect, type Socket } from 'node:net'
import { type Multiaddr, parseMultiaddr, parsePeerId, type PeerId } from '#core'
import type { Network } from '#network'
import { joinNetwork, type JoinOptions } from '#network/libp2p'
import { realClock } from '#testing'

type Parts = { identify: Identify; pubsub?: GossipSub }

/** A peer that is made of the same library and keeps to none of our rules: nothing bounds what it sends or opens. */
export interface HostilePeer extends AsyncDisposable {
  readonly node: Libp2p<Parts>
  readonly self: PeerId
  /** Where it listens. */
  readonly address: Multiaddr
  connect(victim: Network): Promise<Connection>
  /** A stream on which the other side has agreed on the protocol. */
  stream(connection: Connection, protocol: string): Promise<Stream>
}

export interface HostileOptions {
  /** Where it comes from: of 127.0.0.0/8, all but 127.0.0.1 count as hosts of the internet. */
  readonly host?: string
  /** The network that it says it belongs to. */
  readonly network?: string
  /** Gossips like others, as far as it can be made to. */
  readonly gossips?: boolean
  /** What it offers to identify with; others cannot ask it who it is. */
  readonly identifyPrefix?: string
  readonly key?: PrivateKey
  /** What it takes for the key of a private network; absent: it knows none. */
  readonly networkKey?: Uint8Array
}

/** The key of a private network in the library's spelling. */
const spelled = (key: Uint8Array): Uint8Array => Buffer.from(`/key/swarm/psk/1.0.0/\n/base16/\n${Buffer.from(key).toString('hex')}`)

const UNLIMITED = { maxInboundStreams: 10_000, maxOutboundStreams: 10_000 }

/** The signal of something that should be over long before. */
export const soon = (): AbortSignal => AbortSignal.timeout(20_000)

/** A node of the network as it should be, on this machine. */
export const honestNode = (options: Partial<JoinOptions> = {}): Promise<Network> =>
  joinNetwork({ listen: [parseMultiaddr('/ip4/127.0.0.1/tcp/0')], bootstrap: [], mdns: false, clock: realClock, signal: soon(), ...options })

/** The first address of a node. */
export const addressOf = (network: Network): Multiaddr => {
  const [address] = network.addresses()
  if (address === undefined) throw new Error('the node listens nowhere')
  return address
}

/** The port that a node listens on. */
export const portOf = (network: Network): number => Number(addressOf(network).split('/')[4])

/** Without signatures like ours, and without any limit or score. */
const gossip = gossipsub({
  globalSignaturePolicy: 'StrictNoSign', emitSelf: false, allowPublishToZeroTopicPeers: true, floodPublish: true, fallbackToFloodsub: false,
  msgIdFn: ({ data }) => data.subarray(0, 32),
  scoreThresholds: { gossipThreshold: -1e9, publishThreshold: -1e9, graylistThreshold: -1e9 },
})

/** A socket that connects and says nothing; it may be closed at once. */
export const silentSocket = async (victim: Network, localAddress: string): Promise<Socket> => {
  const socket = connect({ port: portOf(victim), host: '127.0.0.1', localAddress })
  socket.on('error', () => socket.destroy())
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))
  return socket
}

/** Starts one. */
export const hostilePeer = async (options: HostileOptions = {}): Promise<HostilePeer> => {
  const { host = '127.66.6.6', network = 'main', identifyPrefix = 'ggen', gossips = false, key = await generateKeyPair('Ed25519'), networkKey } = options
  const node = await createLibp2p<Parts>({
    privateKey: key,
    nodeInfo: { name: 'ggen', version: '1.0.0', userAgent: `/ggen/1.0.0/${network}` },
    addresses: { listen: [`/ip4/${host}/tcp/0`] },
    transports: [tcp({ dialOpts: { localAddress: host } as never })],
    ...(networkKey !== undefined && { connectionProtector: preSharedKey({ psk: spelled(networkKey) }) }),
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ ...UNLIMITED, enableKeepAlive: false })],
    connectionManager: { maxConnections: 1000, inboundConnectionThreshold: Infinity },
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify({ protocolPrefix: identifyPrefix }), ...(gossips && { pubsub: gossip }) },
  })
  await node.start()
  const [address] = node.getMultiaddrs()
  return {
    node,
    self: parsePeerId(node.peerId.toString()),
    address: parseMultiaddr(String(address)),
    connect: (victim) => node.dial(multiaddr(addressOf(victim)), { signal: soon() }),
    // With a choice the library waits for the agreement; with one protocol it does not.
    stream: (connection, protocol) => connection.newStream([protocol, protocol], { signal: soon(), maxOutboundStreams: 10_000 }),
    [Symbol.asyncDispose]: async () => {
      await node.stop()
    },
  }
}
