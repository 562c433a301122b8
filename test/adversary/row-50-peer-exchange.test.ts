import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PeerId, PrivateKey, Stream } from '@libp2p/interface'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { lpStream } from '@libp2p/utils'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { until } from '#testing'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { honestAt } from './honest-nodes.ts'
import { startHostileNode } from './hostile-node.ts'

const TOPIC = '/ggen/main/ops/1'
const MESHSUB = '/meshsub/1.1.0'
const OFFERED = 16

interface Prune {
  readonly topicID: string
  readonly peers: readonly { readonly peerID: Uint8Array; readonly signedPeerRecord: Uint8Array }[]
  readonly backoff?: number
}

interface RpcCodec {
  readonly encode: (rpc: object) => Uint8Array
  readonly decode: (bytes: Uint8Array) => { readonly control?: { readonly prune: readonly Prune[] } }
}

interface Records {
  readonly PeerRecord: new (record: { readonly peerId: PeerId; readonly multiaddrs: readonly Multiaddr[] }) => object
  readonly RecordEnvelope: { seal(record: object, key: PrivateKey): Promise<{ marshal(): Uint8Array }> }
}

/** What the libraries use themselves and do not export. */
const beside = async <T>(entry: string, file = ''): Promise<T> => (await import(new URL(file, import.meta.resolve(entry)).href)) as T

const control = (parts: object): object =>
  ({ subscriptions: [], messages: [], control: { ihave: [], iwant: [], graft: [], prune: [], idontwant: [], ...parts } })

test('row 50: a peer that prunes a node and names others to connect to instead, with valid signed records, is not followed', async (t) => {
  const { RPC } = await beside<{ readonly RPC: RpcCodec }>('@libp2p/gossipsub', './message/rpc.js')
  const { PeerRecord, RecordEnvelope } = await beside<Records>('@libp2p/peer-record')
  const key = await generateKeyPair('Ed25519')
  await using trap = await startHostileNode({ host: '127.67.7.7', key })
  await using evil = await startHostileNode({ host: '127.66.6.6' })
  const prunes: Prune[] = []
  await evil.node.handle(MESHSUB, async (stream: Stream) => {
    const frames = lpStream(stream, { maxDataLength: 2_000_000 })
    await Promise.allSettled([(async () => {
      for (;;) prunes.push(...(RPC.decode((await frames.read()).subarray()).control?.prune ?? []))
    })()])
  })
  await using victim = await honestAt('127.20.1.1')
  let heard = 0
  victim.listen(async () => ((heard += 1), 'ignore'))
  await evil.connect(victim.addresses()[0])
  await until('they know each other', () => victim.peers().length === 1)
  const frames = lpStream(await evil.node.dialProtocol(peerIdFromString(victim.self), MESHSUB))
  const say = async (rpc: object): Promise<void> => frames.write(RPC.encode(rpc))
  const announce = async (text: string): Promise<void> => say({ subscriptions: [], messages: [{ topic: TOPIC, data: Buffer.from(text) }] })

  const self = peerIdFromPrivateKey(key)
  const envelope = await RecordEnvelope.seal(new PeerRecord({ peerId: self, multiaddrs: [multiaddr(trap.address.replace(/\/p2p\/.*/, ''))] }), key)
  const offer = { peerID: self.toMultihash().bytes, signedPeerRecord: envelope.marshal() }
  await say({ subscriptions: [{ subscribe: true, topic: TOPIC }], messages: [] })
  await until('the victim hears gossip of it', async () => {
    await announce(`hello ${Math.random()}`)
    return heard > 0
  })
  await say(control({ graft: [{ topicID: TOPIC }] }))
  await say(control({ prune: [{ topicID: TOPIC, peers: Array.from({ length: OFFERED }, () => offer), backoff: 60 }] }))
  // What comes after it on the same stream is read after it. A graft right after a plain prune is answered by one, which might offer peers in turn.
  await say(control({ prune: [{ topicID: TOPIC, peers: [], backoff: 60 }] }))
  await say(control({ graft: [{ topicID: TOPIC }] }))
  await until('the victim prunes in turn', () => prunes.length > 0)
  const before = heard
  await until('the victim heard twenty more', async () => {
    await announce(`again ${Math.random()}`)
    return heard >= before + 20
  })
  const offered = prunes.flatMap(({ peers }) => peers)
  t.diagnostic(`${OFFERED} peers were offered with valid records: ${trap.met.size} connections; the victim itself offered ${offered.length}`)
  assert.deepEqual([trap.met.size, victim.peers().length], [0, 1])
  assert.deepEqual(offered, [])
})
