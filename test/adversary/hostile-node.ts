import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Libp2p, PrivateKey, StreamHandler } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { lpStream } from '@libp2p/utils'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { base58btc } from 'multiformats/bases/base58'
import assert from 'node:assert/strict'

/** Somebody whom a hostile node names. */
export interface Named {
  readonly peer: string
  readonly addresses: readonly string[]
}

/** What a hostile node says. */
export interface Manners {
  /** Where it listens, and dials from: every 127.a.b.0/24 is a network of its own. */
  readonly host: string
  readonly key?: PrivateKey
  /** Its answer to "who is near to this key". */
  readonly closer?: (key: Uint8Array) => readonly Named[]
  /** Its answer at a rendezvous, to the bytes of a question. */
  readonly rendezvous?: (question: Uint8Array, from: string) => Uint8Array
}

export interface HostileNode extends AsyncDisposable {
  readonly node: Libp2p
  readonly self: string
  readonly address: string
  /** Peers that ever connected. */
  readonly met: ReadonlySet<string>
  /** Every byte that came in as a question to the DHT or at a rendezvous. */
  readonly heard: readonly Uint8Array[]
  connect(address: string | undefined): Promise<void>
  /** Whom another node names as near to a key: of a small table all that are in it. */
  ask(peer: string, key: Uint8Array): Promise<readonly string[]>
  /** The payload of the answer; `undefined` where the other side is too busy. */
  rendezvous(peer: string, question: Uint8Array): Promise<Uint8Array | undefined>
}

interface KadMessage {
  readonly type: string
  readonly key?: Uint8Array
  readonly closer: readonly { readonly id: Uint8Array }[]
}

interface KadCodec {
  readonly decode: (bytes: Uint8Array) => KadMessage
  readonly encode: (message: object) => Uint8Array
}

/** The library does not export the form of its messages: it lies beside its entry file. */
const kadCodec = async (): Promise<KadCodec> => {
  const { Message } = (await import(new URL('./message/dht.js', import.meta.resolve('@libp2p/kad-dht')).href)) as { readonly Message: KadCodec }
  return Message
}

const KAD = '/ggen/main/kad/1'
const RENDEZVOUS = '/ggen/rendezvous/1'
const FRAME_BYTES = 2_000_000
const soon = (): AbortSignal => AbortSignal.timeout(10_000)

/** Takes one message, answers, and hangs up; a peer that goes in between is of no interest. */
const answering = (answer: (question: Uint8Array, from: string) => Uint8Array | undefined): StreamHandler => async (stream, connection) => {
  const frames = lpStream(stream, { maxDataLength: FRAME_BYTES })
  await Promise.allSettled([(async () => {
    const bytes = answer((await frames.read({ signal: soon() })).subarray(), connection.remotePeer.toString())
    if (bytes !== undefined) await frames.write(bytes, { signal: soon() })
    await stream.close({ signal: soon() })
  })()])
}

/** A real libp2p node that speaks our protocols and keeps to none of their rules. */
export const startHostileNode = async ({ host, key, closer = () => [], rendezvous }: Manners): Promise<HostileNode> => {
  const privateKey = key ?? (await generateKeyPair('Ed25519'))
  const kad = await kadCodec()
  const met = new Set<string>()
  const heard: Uint8Array[] = []
  const node = await createLibp2p({
    privateKey,
    nodeInfo: { name: 'ggen', version: '1.0.0', userAgent: '/ggen/1.0.0/main' },
    addresses: { listen: [`/ip4/${host}/tcp/0`] },
    // Node takes it, whatever the types of the library say.
    transports: [tcp({ dialOpts: { localAddress: host } as object })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: Infinity, maxIncomingPendingConnections: 256 },
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify({ protocolPrefix: 'ggen' }), ping: ping({ protocolPrefix: 'ggen' }) },
  })
  node.addEventListener('peer:connect', ({ detail }) => met.add(detail.toString()))
  await node.handle(KAD, answering((question) => {
    heard.push(question.slice())
    const { type, key: wanted } = kad.decode(question)
    const peers = closer(wanted ?? new Uint8Array()).map(({ peer, addresses }) =>
      ({ id: peerIdFromString(peer).toMultihash().bytes, multiaddrs: addresses.map((address) => multiaddr(address).bytes) }))
    return kad.encode({ type, key: wanted, clusterLevel: 0, closer: peers, providers: [] })
  }))
  if (rendezvous !== undefined) {
    await node.handle(RENDEZVOUS, answering((question, from) => {
      heard.push(question.slice())
      return Buffer.concat([Uint8Array.of(0), rendezvous(question, from)])
    }))
  }
  const exchange = async (peer: string, protocol: string, question: Uint8Array): Promise<Uint8Array> => {
    const stream = await node.dialProtocol(peerIdFromString(peer), protocol, { signal: soon() })
    const frames = lpStream(stream, { maxDataLength: FRAME_BYTES })
    await frames.write(question, { signal: soon() })
    await stream.close({ signal: soon() })
    return (await frames.read({ signal: soon() })).subarray()
  }
  const [address] = node.getMultiaddrs()
  assert(address !== undefined)
  return {
    node, met, heard,
    self: peerIdFromPrivateKey(privateKey).toString(),
    address: address.toString(),
    connect: async (other) => {
      await node.dial(multiaddr(other), { signal: soon() })
    },
    ask: async (peer, wanted) => {
      const answer = await exchange(peer, KAD, kad.encode({ type: 'FIND_NODE', key: wanted, clusterLevel: 0, closer: [], providers: [] }))
      return kad.decode(answer).closer.map(({ id }) => base58btc.baseEncode(id))
    },
    rendezvous: async (peer, question) => {
      const [status, ...payload] = await exchange(peer, RENDEZVOUS, question)
      return status === 0 ? Uint8Array.from(payload) : undefined
    },
    [Symbol.asyncDispose]: () => node.stop() as Promise<void>,
  }
}
