import { LIMITS, type NetworkTuning, type PeerId } from '#core'
import { PROTOCOLS, RENDEZVOUS } from '#network'
import type { WatchedProtocols } from './prefix-watch.ts'
import type { Rate } from './token-bucket.ts'
import { createHmac } from 'node:crypto'

const KiB = 1024
const MiB = 1024 * KiB
const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** What the node says of itself when it is identified; the network's name follows, so that nodes of another network can be told apart. */
const AGENT = '/ggen/1.0.0/'

/** As long as the name of a network may be. */
const SERVICE_DIGITS = 32

/** The names under which one network lives; nodes of different networks do not see each other. */
export interface NetworkNames {
  readonly agent: string
  readonly dht: string
  readonly topic: string
  /** The mDNS service. */
  readonly service: string
}

/**
 * The names of the network `name`. Those with a key ask the local network for each other by a name that only they can make: everybody there hears it, and it
 * tells nothing; networks that happen to have one name never meet.
 */
export const namesOf = (name: string, key?: Uint8Array): NetworkNames => {
  const called = key === undefined ? name : createHmac('sha256', key).update(`ggen mdns ${name}`).digest('hex').slice(0, SERVICE_DIGITS)
  return Object.freeze({ agent: `${AGENT}${name}`, dht: `/ggen/${name}/kad/1`, topic: `/ggen/${name}/ops/1`, service: `_ggen-${called}._udp.local` })
}

/** Protocol ids of identify and ping start with this, so that nodes of other libp2p networks are never identified and soon let go. */
export const PREFIX = 'ggen'

const PING_PROTOCOL = `/${PREFIX}/ping/1.0.0`

/** What nodes ask each other in frames: what the port offers, and where peers meet, which the node asks and answers by itself. */
export const ASKED = [...PROTOCOLS, RENDEZVOUS] as const

/** One of `ASKED`. */
export type AskedProtocol = (typeof ASKED)[number]

/** Every protocol that a stream of this node can have; only ping sends bytes without a length before them. */
export const streamProtocols = ({ dht }: NetworkNames): WatchedProtocols => ({
  agreed: new Set([...ASKED, dht, `/${PREFIX}/id/1.0.0`, PING_PROTOCOL, '/meshsub/1.0.0', '/meshsub/1.1.0', '/meshsub/1.2.0']),
  raw: new Set([PING_PROTOCOL]),
})

export const CONNECTIONS = Object.freeze({
  // Half-open sockets of one host must not lock everybody out: many may be pending, and none for long.
  maxIncomingPendingConnections: 256,
  inboundUpgradeTimeout: 5 * second,
  inboundStreamProtocolNegotiationTimeout: 5 * second,
  outboundStreamProtocolNegotiationTimeout: 5 * second,
  // The library's limit per host counts loopback too; inbound-policy.ts has one that does not.
  inboundConnectionThreshold: Infinity,
  maxParallelDials: 32,
  maxPeerAddrsToDial: 8,
})

/** Three parts of the node ping on their own account (the DHT before it trusts a peer); with the library's limit of one stream they get in each other's way. */
export const PING = Object.freeze({ protocolPrefix: PREFIX, maxInboundStreams: 4, maxOutboundStreams: 4, timeout: 5 * second })

/** The library's ping of every connection costs a stream each time, so that it should not come often. */
export const MONITOR = Object.freeze({ protocolPrefix: PREFIX })

export const MUXER = Object.freeze({
  maxInboundStreams: LIMITS.streamsPerConnection,
  maxOutboundStreams: 128,
  // Streams that arrive before the connection is fully set up; above it the library kills the connection. A peer that has many questions for
  // us starts them the moment it is connected.
  maxEarlyStreams: LIMITS.earlyStreams,
  maxMessageSize: 64 * KiB,
  enableKeepAlive: true,
  // Below the two minutes after which an idle socket is closed.
  keepAliveInterval: minute,
  streamOptions: Object.freeze({
    // A window larger than the read buffer lets a fast sender overflow it, and the stream is reset.
    maxStreamWindowSize: 1 * MiB,
    maxReadBufferLength: LIMITS.messageBytes,
    maxWriteBufferLength: 2 * LIMITS.messageBytes,
    inactivityTimeout: 30 * second,
  }),
})

export const PEER_STORE = Object.freeze({
  maxPeerAge: 72 * hour,
  peers: 5000,
  addressesPerPeer: 8,
  /** Peers that one answer of the DHT may name. */
  peersPerAnswer: 20,
  addressBytes: 128,
  /** The same addresses of a peer are not written down again within this time. */
  recentMs: 1 * minute,
})

export const DHT = Object.freeze({
  kBucketSize: 20,
  /** All bytes a peer may send on one stream: the largest honest message is a fraction of this. */
  streamBytes: 256 * KiB,
  streams: { perSecond: 100, burst: 400 } satisfies Rate,
  /** Pause between two blobs that are told, so that other peers' limits are not reached. */
  tellEveryMs: 50,
  /** After a new peer was found, wait for more before telling. */
  settleMs: 500,
  /** A tell that reached nobody is tried again after this time. */
  retryMs: 30 * second,
  /** A fresh connection needs a moment until its peer is in the routing table. */
  firstPeerMs: 2 * second,
})

export const GOSSIP = Object.freeze({
  streams: { perSecond: LIMITS.gossipStreamsPerSecond, burst: LIMITS.gossipStreamsBurst } satisfies Rate,
  messages: { perSecond: LIMITS.gossipPerSecond, burst: LIMITS.gossipBurst } satisfies Rate,
  packets: { perSecond: LIMITS.gossipPacketsPerSecond, burst: LIMITS.gossipPacketsBurst } satisfies Rate,
  controls: { perSecond: LIMITS.gossipControlsPerSecond, burst: LIMITS.gossipControlsBurst } satisfies Rate,
  /** Who floods is struck this often while it goes on: enough of it is a ban. */
  strikes: { perSecond: 1, burst: 1 } satisfies Rate,
  /** New messages from all peers together: what the judges can verify, and what bounds the memory of seen ids. */
  newMessages: { perSecond: LIMITS.opBudgetPerSecond, burst: 2000 } satisfies Rate,
  /** Messages in one packet and ids in one request: so many of the largest ops still fit into one packet. */
  messagesPerPacket: 64,
  packetBytes: 64 * LIMITS.opBytes + 64 * KiB,
  outboundBufferBytes: 4 * MiB,
  /** After this many heartbeats and the time of the slowest judge, a message may be forgotten. */
  judgedHeartbeats: 5,
  /** After a connect it takes a moment until the other side's subscription is known and a stream to it is open; no event tells of the latter. */
  firstListenerMs: 1 * second,
  lookAgainMs: 20,
})

/** Questions of one peer. */
export const QUESTIONS: Readonly<Record<AskedProtocol, Rate>> = Object.freeze({
  '/ggen/feed/1': { perSecond: LIMITS.feedPerSecond, burst: LIMITS.feedBurst },
  '/ggen/opinions/1': { perSecond: LIMITS.opinionsPerSecond, burst: LIMITS.opinionsBurst },
  '/ggen/sync/1': { perSecond: LIMITS.syncPerSecond, burst: LIMITS.syncBurst },
  '/ggen/search/1': { perSecond: LIMITS.searchPerSecond, burst: LIMITS.searchBurst },
  '/ggen/have/1': { perSecond: LIMITS.havePerSecond, burst: LIMITS.haveBurst },
  '/ggen/blob/1': { perSecond: LIMITS.blobPerSecond, burst: LIMITS.blobBurst },
  '/ggen/seed/1': { perSecond: LIMITS.seedPerSecond, burst: LIMITS.seedBurst },
  '/ggen/npm/1': { perSecond: LIMITS.npmPerSecond, burst: LIMITS.npmBurst },
  '/ggen/rendezvous/1': { perSecond: LIMITS.rendezvousPerSecond, burst: LIMITS.rendezvousBurst },
})

/** New streams on one connection. */
export const STREAMS: Rate = Object.freeze({ perSecond: LIMITS.streamsPerSecond, burst: LIMITS.streamsBurst })

export const PEERS = Object.freeze({
  /** Nobody is asked before this who it is. */
  introduceMs: 75,
  /** A connection that is not identified by then is closed. */
  identifyMs: 10 * second,
  /** A connection that did not last this long counts as a failed attempt. */
  steadyMs: 10 * second,
  pingMs: 5 * second,
  /** Where there are too few peers, addresses that the user named are tried at least this often. */
  lonelyRetryMs: 30 * second,
  /** Asking peers for others, and connecting to some of them. */
  meetMs: 20 * second,
})

/** Connections to peers of long standing. */
export const ANCHORS = Object.freeze({
  everyMs: 1 * minute,
  /** Where there are too many connections, those with the lowest sum of such values go first. */
  tag: 'ggen-anchor',
  tagValue: 100,
})

export const LAN = Object.freeze({
  queryEveryMs: 10 * second,
  /** Connections to peers that were found on the local network. */
  neighbours: 64,
  parallelDials: 4,
  /** Both sides find each other at once; the one with the larger id waits this long, so that one connection comes of it. */
  yieldMs: 500,
})

/** Inbound connections that a node takes of all that it may have. */
export const inboundOf = ({ maxConnections }: Pick<NetworkTuning, 'maxConnections'>): number =>
  Math.floor((maxConnections * LIMITS.inboundTotal) / LIMITS.connections)

/** True where one of two peers that found each other should let the other dial. */
export const yieldsTo = (self: PeerId, other: PeerId): boolean => self > other
