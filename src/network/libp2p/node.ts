import type { Clock, NetworkTuning } from '#core'
import { gossipsub, type GossipSubComponents } from '@libp2p/gossipsub'
import { identify, type Identify } from '@libp2p/identify'
import type { Libp2p, PeerInfo, PeerStore, PrivateKey } from '@libp2p/interface'
import { kadDHT, type KadDHTComponents, type SingleKadDHT } from '@libp2p/kad-dht'
import { mdns } from '@libp2p/mdns'
import { noise } from '@libp2p/noise'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { ping, type Ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import assert from 'node:assert/strict'
import { BoundedDatastore } from './bounded-datastore.ts'
import { hostOfPeer } from './closest-peers.ts'
import { countedTransport } from './dial-failures.ts'
import { diversify } from './diverse-table.ts'
import type { Gate } from './gate.ts'
import { gossipOptions } from './gossip-options.ts'
import { limitGossip, type Pubsub } from './gossip-limits.ts'
import { limitNamedRoutes } from './named-routes.ts'
import { NoRecords, routingOnly } from './routing-only.ts'
import { CONNECTIONS, DHT, GOSSIP, LAN, MONITOR, MUXER, type NetworkNames, PEER_STORE, PING, PREFIX, streamProtocols } from './settings.ts'
import { capAddresses, limitStreams, overriding, shielded, withoutDiscovery } from './shields.ts'
import { PeerBuckets } from './token-bucket.ts'
import { watchedEncrypter, watchedMuxer, watchedTransport } from './watched.ts'

/** The parts of the library that a node is made of, beyond the connections themselves. */
export type NodeParts = { identify: Identify; ping: Ping; dht: SingleKadDHT; pubsub: Pubsub }

/** The library's node. */
export type Node = Libp2p<NodeParts>

/** What a node is made from. */
export interface NodeOptions {
  readonly key: PrivateKey
  readonly names: NetworkNames
  /** 32 bytes that all nodes of a private network share; absent: whoever names the network may come in. */
  readonly networkKey?: Uint8Array
  readonly listen: readonly string[]
  /** Ask the DHT, but do not route for others. */
  readonly light: boolean
  readonly gate: Gate
  readonly clock: Clock
  readonly tuning: NetworkTuning
  /** Hears of nodes that were found on the local network; absent: nobody looks there, and nobody is told. */
  readonly onNeighbour?: (neighbour: PeerInfo) => void
  /** Counts provable misbehaviour in gossip against a peer; absent: it has no consequence. */
  readonly strike?: (peer: string) => void
}

/** What is known of the other end of open connections. */
interface Links {
  readonly hostOf: (peer: PeerInfo['id']) => string | undefined
  /** The addresses that a connected peer may name. */
  readonly hear: (from: PeerInfo['id'], addresses: PeerInfo['multiaddrs']) => PeerInfo['multiaddrs']
}

/** The address book of identify, which learns there what each peer says of itself. */
const hearing = (book: PeerStore, { hear }: Links): PeerStore =>
  overriding(book, {
    patch: (id, data, options) => {
      hear(id, data.addresses?.map((address) => address.multiaddr) ?? [])
      return book.patch(id, data, options)
    },
  })

const dhtService = (options: NodeOptions, links: Links): ((components: KadDHTComponents) => SingleKadDHT) => {
  const streams = new PeerBuckets(DHT.streams)
  const factory = shielded(
    kadDHT({
      protocol: options.names.dht,
      clientMode: options.light,
      kBucketSize: DHT.kBucketSize,
      // Without it every lookup of a node that is alone waits until its time is up.
      allowQueryWithZeroPeers: true,
      // There is nothing to tell again.
      reprovide: { threshold: 0 },
      peerInfoMapper: (info) => {
        const allowed = info.multiaddrs.filter((address) => options.gate.rules.allows(address.toString()))
        return { ...info, multiaddrs: allowed.slice(0, PEER_STORE.addressesPerPeer) }
      },
    }),
    (real: KadDHTComponents) => ({
      registrar: limitStreams(real.registrar, { mayOpen: (caller) => streams.take(caller, options.clock.monotonic()), bytes: DHT.streamBytes }),
      peerStore: capAddresses(real.peerStore),
      datastore: new NoRecords(),
    }),
  )
  return (components) => {
    const dht = factory(components) as SingleKadDHT & EventTarget
    const book = capAddresses(components.peerStore)
    assert(dht instanceof EventTarget && dht.routingTable instanceof EventTarget, 'the DHT of the library tells of its finds by events')
    routingOnly(dht)
    diversify(dht.routingTable, links.hostOf)
    limitNamedRoutes(dht, { hear: links.hear, nowMs: () => options.clock.monotonic() })
    dht.addEventListener('peer', (event) => void remember(book, (event as CustomEvent<PeerInfo>).detail))
    return withoutDiscovery(dht)
  }
}

/** Keeps what the DHT says of a peer; the address book may have closed in the meantime, and then it does not matter. */
const remember = (book: PeerStore, { id, multiaddrs }: PeerInfo): Promise<unknown> => Promise.allSettled([book.merge(id, { multiaddrs })])

const gossipService = (options: NodeOptions, hostOf: (peer: string) => string | undefined): ((components: GossipSubComponents) => Pubsub) => {
  const streams = new PeerBuckets(GOSSIP.streams)
  const nowMs = (): number => options.clock.monotonic()
  const factory = shielded(gossipsub(gossipOptions(options.names.topic, nowMs, options.tuning)), (real: GossipSubComponents) => ({
    registrar: limitStreams(real.registrar, { mayOpen: (caller) => streams.take(caller, nowMs()) }),
    peerStore: capAddresses(real.peerStore),
  }))
  return (components) => limitGossip(factory(components), { nowMs, hostOf, strike: (peer) => options.strike?.(peer) })
}

const lanService = (options: NodeOptions): object => {
  const { onNeighbour } = options
  if (onNeighbour === undefined) return {}
  const discover = mdns({ serviceTag: options.names.service, interval: LAN.queryEveryMs })
  return {
    lan: (components: Parameters<typeof discover>[0]) => {
      const service = discover(components)
      service.addEventListener('peer', (event) => onNeighbour(event.detail))
      return withoutDiscovery(service)
    },
  }
}

/** A node that is configured but not started: TCP, Noise, Yamux, identify, ping, DHT, gossip, mDNS where wanted. Nothing else is contacted or offered. */
export const createNode = async (options: NodeOptions): Promise<Node> => {
  const { gate, tuning, networkKey } = options
  // Only who has a key pays for the cipher.
  const seal = networkKey === undefined ? undefined : (await import('./sealed.ts')).sealWith(networkKey)
  const self = peerIdFromPrivateKey(options.key)
  const ownKey = `/peers/${self.toCID().toString()}`
  let node: Node | undefined
  const isConnected = (key: string): boolean => node?.getPeers().some((peer) => key === `/peers/${peer.toCID().toString()}`) === true
  const links: Links = {
    hostOf: (peer) => node && hostOfPeer(node, peer),
    hear: (from, addresses) => gate.rules.hear(node?.getConnections(from)[0]?.remoteAddr.toString(), addresses),
  }
  return createLibp2p<NodeParts>({
    start: false,
    privateKey: options.key,
    nodeInfo: { name: 'ggen', version: '1.0.0', userAgent: options.names.agent },
    addresses: { listen: [...options.listen] },
    transports: [watchedTransport(countedTransport(tcp(), { failures: gate.failures, clock: options.clock, rules: gate.rules }), seal)],
    connectionEncrypters: [watchedEncrypter(noise())],
    streamMuxers: [watchedMuxer(yamux(MUXER), streamProtocols(options.names), () => options.clock.monotonic())],
    connectionManager: { ...CONNECTIONS, maxConnections: tuning.maxConnections, dialTimeout: tuning.connectionTimeoutMs },
    connectionMonitor: { ...MONITOR, pingInterval: tuning.idleTimeoutMs },
    connectionGater: gate.gater,
    datastore: new BoundedDatastore({ entries: PEER_STORE.peers, isKept: (key) => key === ownKey || isConnected(key) }),
    peerStore: { maxPeerAge: PEER_STORE.maxPeerAge, maxAddressAge: PEER_STORE.maxPeerAge },
    services: {
      identify: shielded(identify({ protocolPrefix: PREFIX, runOnConnectionOpen: false }), (real) => ({
        peerStore: hearing(capAddresses(real.peerStore), links),
      })),
      ping: ping(PING),
      dht: dhtService(options, links),
      pubsub: gossipService(options, (peer) => node && hostOfPeer(node, peerIdFromString(peer))),
      ...lanService(options),
    },
  }).then((created) => {
    node = created
    return created
  })
}
