import { type Events, GgenError, type Multiaddr, parseMultiaddr, type PeerId, USUAL_TUNING } from '#core'
import type { Network } from '#network'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Stream } from '@libp2p/interface'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import assert from 'node:assert/strict'
import { realClock, soon } from '../network-lab.conformance.ts'
import { createGate } from './gate.ts'
import { introduce } from './introductions.ts'
import { joinNetwork } from './join.ts'
import { createNode, type Node } from './node.ts'
import { namesOf } from './settings.ts'
import { stopNode } from './stop-node.ts'
import { Tasks } from './tasks.ts'

const LOOPBACK = parseMultiaddr('/ip4/127.0.0.1/tcp/0')

/** A node of the network as it should be. */
export const honest = (events?: Events): Promise<Network> => {
  const options = { listen: [LOOPBACK], bootstrap: [], mdns: false, clock: realClock, signal: soon() }
  return joinNetwork(events === undefined ? options : { ...options, events })
}

/** A node without any of our manners, whose streams a test can misuse. */
export interface RawNode extends AsyncDisposable {
  readonly node: Node
  readonly self: PeerId
  readonly address: Multiaddr
  connect(network: Network): Promise<void>
  /** A stream to a node that it is connected to, which has agreed on the protocol. */
  stream(peer: PeerId, protocol: string): Promise<Stream>
}

/** A raw node of the given network; `isAloof`: it asks nobody who it is. */
export const rawNode = async (networkName = 'main', { isAloof = false } = {}): Promise<RawNode> => {
  const key = await generateKeyPair('Ed25519')
  const self = peerIdFromPrivateKey(key).toString() as PeerId
  const gate = createGate(self, realClock)
  const node = await createNode({ key, names: namesOf(networkName), listen: [LOOPBACK], light: true, gate, clock: realClock, tuning: USUAL_TUNING })
  const tasks = new Tasks(undefined)
  if (!isAloof) introduce({ node, clock: realClock, tasks })
  await node.start()
  const [address] = node.getMultiaddrs()
  assert(address !== undefined)
  return {
    node,
    self,
    address: parseMultiaddr(address.toString()),
    connect: async (network) => {
      await node.dial(multiaddr(network.addresses()[0]))
    },
    // With a choice the library waits for the agreement; with one protocol it does not.
    stream: async (peer, protocol) => node.dialProtocol(peerIdFromString(peer), [protocol, protocol], { signal: soon() }),
    [Symbol.asyncDispose]: async () => {
      await tasks.end(new GgenError('cancelled', 'the test is over'))
      await stopNode(node)
    },
  }
}
