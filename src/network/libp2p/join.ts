import { type AccessRecords, type Clock, type Events, GgenError, isPeerId, type Multiaddr, type NetworkTuning, type PeerId, USUAL_TUNING } from '#core'
import { AccessLists, memoryAccessRecords, type Network, RENDEZVOUS, RendezvousStore } from '#network'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PeerInfo, PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { type AnchorFile, Anchors } from './anchors.ts'
import { Answers } from './answers.ts'
import { type Ask, createAsk } from './ask.ts'
import { chooseKeepers } from './choose-keepers.ts'
import { findClosest, hostOfPeer } from './closest-peers.ts'
import { toNetworkError, toStartError } from './failures.ts'
import { createGate, type Gate } from './gate.ts'
import { Gossip } from './gossip.ts'
import { introduce } from './introductions.ts'
import { keepConnected } from './keep-connected.ts'
import { lookAround, type LookAroundContext } from './look-around.ts'
import { Neighbours } from './neighbours.ts'
import { createNode, type Node } from './node.ts'
import { PeerTable, toMultiaddr } from './peer-table.ts'
import { Penalties } from './penalties.ts'
import { Providers } from './providers.ts'
import { keepRendezvous } from './rendezvous-keeper.ts'
import { inboundOf, namesOf, type NetworkNames, PEERS } from './settings.ts'
import { stopNode } from './stop-node.ts'
import { Tasks } from './tasks.ts'

/** How to join a network. */
export interface JoinOptions {
  /** The peer key in its protobuf form; absent: a new one, and so a new peer id. */
  readonly privateKey?: Uint8Array
  /** Where to listen; empty: only dial. */
  readonly listen: readonly Multiaddr[]
  /** Peers that the user named: dialled at once, and again whenever they are not connected. */
  readonly bootstrap: readonly Multiaddr[]
  /** Find and tell nodes on the local network by mDNS. */
  readonly mdns: boolean
  /** Nodes of different networks do not talk to each other. 1 to 32 of `a-z 0-9 -`; default `main`. */
  readonly networkName?: string
  /** 32 bytes: who does not have them gets nothing, whatever network it names; absent: whoever names this one may come in. */
  readonly networkKey?: Uint8Array
  /** Tell others what is announced, and hear and relay what they announce; default true. */
  readonly gossip?: boolean
  /** Ask the DHT and the rendezvous without routing and keeping anything for others. */
  readonly light?: boolean
  /** How to take part; absent: as is usual. */
  readonly tuning?: NetworkTuning
  /** Where peers of long standing are remembered; absent: a restart forgets them. */
  readonly anchors?: AnchorFile
  /** What is remembered of peers between two runs; absent: nothing. */
  readonly access?: AccessRecords
  readonly clock: Clock
  readonly events?: Events
  /** Aborting it before the node is up gives the joining up; afterwards it does nothing. */
  readonly signal: AbortSignal
}

/** Nobody hears an announcement, and none is heard. */
const NO_GOSSIP: Pick<Gossip, 'announce' | 'listen'> = { announce: async () => 0, listen: () => ({ [Symbol.dispose]: () => undefined }) }

const NETWORK_KEY_BYTES = 32
const NETWORK_NAME = /^[a-z0-9-]{1,32}$/

/** A new peer key in the form that `joinNetwork` takes; it names a node, not a publisher. */
export const generatePeerKey = async (): Promise<Uint8Array> => privateKeyToProtobuf(await generateKeyPair('Ed25519'))

/** The peer that a key makes of a node. Throws `config-invalid`. */
export const peerIdOfKey = async (privateKey: Uint8Array): Promise<PeerId> => peerIdFromPrivateKey(await keyFrom(privateKey)).toString() as PeerId

/**
 * Starts a node and joins the network. Only addresses that the user named, what the local network and these peers tell of are ever contacted.
 * Throws `port-in-use`, `config-invalid` (network name, a key or a listen address), what the records throw, or the signal's reason as `cancelled` or `timeout`.
 */
export const joinNetwork = async (options: JoinOptions): Promise<Network> => {
  const names = namesFrom(options)
  const key = await keyFrom(options.privateKey)
  const self = peerIdFromPrivateKey(key).toString() as PeerId
  const { clock, events, listen, mdns, bootstrap, access: records = memoryAccessRecords() } = options
  const tuning = tuningOf(options)
  const tasks = new Tasks(events)
  const onFailure = (error: unknown): void => tasks.report('remember a ban', error)
  const access = new AccessLists({ self, clock, records, named: bootstrap, strikes: tuning.strikes, onFailure })
  const gate = createGate(self, clock, { access, inbound: inboundOf(tuning) })
  // mDNS finds nobody before the node is started, and by then the neighbours are there.
  const late: { neighbours?: Neighbours; penalties?: Penalties } = {}
  const onNeighbour = mdns ? { onNeighbour: (found: PeerInfo) => late.neighbours?.found(found) } : {}
  const strike = (peer: string): void => {
    if (isPeerId(peer)) late.penalties?.strike(peer)
  }
  const sealed = options.networkKey === undefined ? {} : { networkKey: options.networkKey }
  const node = await createNode({ key, names, ...sealed, listen, light: !tuning.isDhtServer, gate, clock, tuning, strike, ...onNeighbour })
  const table = new PeerTable({ node, clock, tasks, events, agent: names.agent, onAddress: (address) => gate.rules.meet(address) })
  introduce({ node, clock, tasks })
  late.neighbours = new Neighbours({ node, clock, tasks, gate, isConnected: (peer) => table.has(peer) })
  const penalties = new Penalties({ self, node, gate, events })
  late.penalties = penalties
  const answers = new Answers({ node, clock, tasks, strike: (peer) => penalties.strike(peer) })
  const anchors = await Anchors.open({ file: options.anchors, node, clock, tasks, fraction: Math.random, connected: () => table.list() })
  const parts = { options, tuning, names, self, gate, tasks, node, table, answers, penalties, anchors }
  await answers.start()
  await start(parts)
  return assemble(parts)
}

/** A light node serves nobody as a way to others. */
const tuningOf = ({ tuning = USUAL_TUNING, light = false }: JoinOptions): NetworkTuning => ({ ...tuning, isDhtServer: tuning.isDhtServer && !light })

interface Parts {
  readonly options: JoinOptions
  readonly tuning: NetworkTuning
  readonly names: NetworkNames
  readonly self: PeerId
  readonly gate: Gate
  readonly tasks: Tasks
  readonly node: Node
  readonly table: PeerTable
  readonly answers: Answers
  readonly penalties: Penalties
  readonly anchors: Anchors
}

const namesFrom = ({ networkName: name = 'main', networkKey }: JoinOptions): NetworkNames => {
  if (!NETWORK_NAME.test(name)) throw new GgenError('config-invalid', `not a network name: ${JSON.stringify(name.slice(0, 64))}`)
  if (networkKey !== undefined && networkKey.length !== NETWORK_KEY_BYTES) throw new GgenError('config-invalid', 'the key of the network is damaged')
  return namesOf(name, networkKey)
}

const keyFrom = async (protobuf: Uint8Array | undefined): Promise<PrivateKey> => {
  if (protobuf === undefined) return generateKeyPair('Ed25519')
  try {
    return privateKeyFromProtobuf(protobuf)
  } catch (error) {
    throw new GgenError('config-invalid', 'the peer key is damaged', { cause: error })
  }
}

const start = async ({ node, options, tasks, gate }: Parts): Promise<void> => {
  try {
    options.signal.throwIfAborted()
    await node.start()
    for (const address of node.getMultiaddrs()) gate.rules.meet(address.toString())
    options.signal.throwIfAborted()
  } catch (error) {
    await tasks.end(new GgenError('cancelled', 'the node did not start'))
    await stopNode(node)
    throw options.signal.aborted ? toNetworkError(error, options.signal, 'starting') : toStartError(error)
  }
}

const assemble = (parts: Parts): Network => {
  const { options, tuning, names, self, tasks, node, table, answers, penalties, anchors } = parts
  const { clock } = options
  const strike = (peer: PeerId): void => penalties.strike(peer)
  const hasPeers = (): boolean => table.list().length > 0
  const gossip = options.gossip === false ? NO_GOSSIP : new Gossip({ pubsub: node.services.pubsub, topic: names.topic, clock, tasks, hasPeers, strike })
  const ask = createAsk({ node, clock, stopping: tasks.signal, timeoutMs: tuning.requestTimeoutMs })
  const providers = meet(parts, ask)
  const dial = createDial(parts)
  const dialNamed: typeof dial = async (address, signal) => {
    const peer = await dial(address, signal)
    parts.gate.access.name(address, peer)
    return peer
  }
  const onFailure = (address: Multiaddr, error: unknown): void => tasks.report(`connect to ${address}`, error)
  const longestMs = (): number => (table.list().length < tuning.minPeers ? Math.min(PEERS.lonelyRetryMs, tuning.retryIntervalMs) : tuning.retryIntervalMs)
  const context = { clock, fraction: Math.random, dial: dialNamed, gone: table.gone.bind(table), longestMs, onFailure }
  anchors.keep()
  for (const address of options.bootstrap) tasks.run(`stay connected to ${address}`, (signal) => keepConnected(address, context, signal))
  tasks.run('look for more peers', (signal) => lookAround({ clock, fraction: Math.random, wanted: tuning.minPeers, ...company(parts) }, signal))
  let ending: Promise<void> | undefined
  return {
    self,
    addresses: () => (tasks.signal.aborted ? [] : node.getMultiaddrs().flatMap((address) => toMultiaddr(address) ?? [])),
    peers: () => table.list(),
    addressOf: (peer) => table.addressOf(peer),
    dial,
    onPeer: (listener) => table.subscribe(listener),
    ask,
    answer: (protocol, answerer) => answers.add(protocol, answerer),
    announce: async (message) => {
      tasks.signal.throwIfAborted()
      return gossip.announce(message)
    },
    listen: (judge) => gossip.listen(judge),
    provide: async (digest, signal) => {
      tasks.signal.throwIfAborted()
      await providers.provide(digest, signal).catch((error: unknown) => {
        throw toNetworkError(error, AbortSignal.any([signal, tasks.signal]), `providing ${digest}`)
      })
    },
    findProviders: (digest, signal) => providers.find(digest, signal),
    ban: (peer, reason) => penalties.ban(peer, reason),
    admits: (peer, host) => penalties.admits(peer, host),
    access: penalties.access,
    stats: () => ({ providerRecords: providers.size, topics: node.services.pubsub.getTopics(), peersMet: table.met }),
    [Symbol.asyncDispose]: () => (ending ??= leave(parts)),
  }
}

/** Who is there, and those they know. */
const company = ({ names, tuning, node, table }: Parts): Pick<LookAroundContext, 'count' | 'changed' | 'meet'> => ({
  count: () => table.list().length,
  changed: (signal) => table.changed(signal),
  meet: async (signal) => {
    const routing = table.list().flatMap(({ peer, protocols }) => (protocols.includes(names.dht) ? [peer] : []))
    const found = await findClosest({ node, connected: routing, most: tuning.minPeers }, node.peerId.toMultihash().bytes, signal)
    await Promise.allSettled(found.map((peer) => node.dial(peerIdFromString(peer), { signal })))
  },
})

/** Takes part in the rendezvous: a light node only as one that asks and is told about. */
const meet = ({ options, tuning, names, gate, tasks, node, table, answers, penalties, anchors }: Parts, ask: Ask): Providers => {
  const { clock } = options
  const hear = (from: PeerId, addresses: readonly Multiaddr[]): readonly Multiaddr[] => gate.rules.hear(table.addressOf(from), addresses)
  const store = new RendezvousStore({ entries: tuning.providerRecords, entryMs: tuning.providerRecordTtlMs })
  const fraction = Math.random
  if (tuning.isDhtServer) {
    answers.add(RENDEZVOUS, keepRendezvous({ store, clock, fraction, hostOf: (peer) => hostOfPeer(node, peerIdFromString(peer)), hear }))
  }
  const keeps = (protocols: readonly string[]): boolean => protocols.includes(names.dht) && protocols.includes(RENDEZVOUS)
  const connected = (): PeerId[] => table.list().flatMap(({ peer, protocols }) => (keeps(protocols) ? [peer] : []))
  const keepers = (): readonly PeerId[] => chooseKeepers(connected(), anchors.peers(), fraction)
  return new Providers({ node, clock, tasks, ask, tuning, keepers, store, fraction, admits: (peer) => penalties.admits(peer), hear })
}

const createDial =
  ({ node, table, gate, tasks, options, tuning }: Parts) =>
  async (address: Multiaddr, signal: AbortSignal): Promise<PeerId> => {
    const caller = AbortSignal.any([signal, tasks.signal])
    const bounded = AbortSignal.any([caller, options.clock.timeout(tuning.connectionTimeoutMs)])
    gate.rules.name(address, 'user')
    try {
      caller.throwIfAborted()
      return await table.identified(await node.dial(multiaddr(address), { signal: bounded }), bounded)
    } catch (error) {
      throw toNetworkError(error, caller, `connecting to ${address}`)
    }
  }

const leave = async ({ node, tasks, table, anchors }: Parts): Promise<void> => {
  await tasks.end(new GgenError('cancelled', 'the node has left the network'))
  await anchors.save()
  table.clear()
  await stopNode(node)
}
