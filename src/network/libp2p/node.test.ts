import { type Multiaddr, USUAL_TUNING } from '#core'
import { until } from '#testing'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { realClock, soon } from '../network-lab.conformance.ts'
import { createGate } from './gate.ts'
import { createNode } from './node.ts'
import { honest, rawNode } from './raw-node.conformance.ts'
import { namesOf, PEER_STORE } from './settings.ts'

const portOf = (address: Multiaddr | undefined): number => Number(address?.split('/')[4])

/** A socket that connects and says nothing. Other addresses of loopback stand for other hosts of the internet. */
const silentSocket = async (port: number, localAddress: string): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  socket.on('error', () => undefined)
  await Promise.race([once(socket, 'connect'), once(socket, 'close')])
  return socket
}

test('A peer cannot make the node connect to a service of its own machine', async () => {
  let hits = 0
  const local = createServer((socket) => ((hits += 1), socket.destroy())).listen(0, '127.0.0.1')
  await once(local, 'listening')
  const target = local.address()
  assert(target !== null && typeof target === 'object')
  const key = await generateKeyPair('Ed25519')
  const gate = createGate(peerIdFromPrivateKey(key).toString(), realClock)
  const node = await createNode({ key, names: namesOf('main'), listen: ['/ip4/127.0.0.1/tcp/0'], light: false, gate, clock: realClock, tuning: USUAL_TUNING })
  await node.start()
  await using all = new AsyncDisposableStack()
  all.defer(() => node.stop())
  all.defer(() => void local.close())
  const named = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
  const address = multiaddr(`/ip4/127.0.0.1/tcp/${target.port}`)
  gate.rules.meet('/ip4/8.8.8.8/tcp/4001')
  await node.peerStore.merge(named, { multiaddrs: [address] })
  assert.deepEqual((await node.peerStore.get(named)).addresses, [])
  await assert.rejects(node.dial(address, { signal: soon() }), { name: 'DialDeniedError' })
  gate.rules.name(address.toString(), 'user')
  await assert.rejects(node.dial(address, { signal: soon() }))
  assert.equal(hits, 1, 'only what the user names is dialled')
})

test('What a peer says of its addresses is cut to a few', async () => {
  await using victim = await rawNode()
  await using liar = await rawNode()
  const listed = Array.from({ length: 60 }, (_, index) => multiaddr(`/ip4/10.1.2.${index}/tcp/4001`))
  const manager = (liar.node as unknown as { components: { addressManager: { getAddresses(): unknown[] } } }).components.addressManager
  manager.getAddresses = () => listed
  await victim.node.dial(multiaddr(liar.address))
  await until('the liar is identified', async () => (await victim.node.peerStore.get(peerIdFromString(liar.self))).protocols.length > 0)
  const { addresses } = await victim.node.peerStore.get(peerIdFromString(liar.self))
  assert(addresses.length > 0 && addresses.length <= PEER_STORE.addressesPerPeer + 1, `${addresses.length} addresses`)
})

test('It offers and contacts nothing but what it is made of', async () => {
  await using raw = await rawNode('other')
  assert.deepEqual(raw.node.getProtocols(), ['/ggen/id/1.0.0', '/ggen/ping/1.0.0', '/meshsub/1.0.0', '/meshsub/1.1.0', '/meshsub/1.2.0'])
  assert.deepEqual(raw.node.getDialQueue(), [])
})

test('Bytes that are no handshake end the connection and nothing else', async () => {
  await using victim = await honest()
  const port = portOf(victim.addresses()[0])
  for (const junk of ['GET / HTTP/1.1\r\n\r\n', '\u0000'.repeat(1000), '\u00ff'.repeat(100_000)]) {
    const socket = await silentSocket(port, '127.0.0.1')
    socket.end(junk)
    await until('it is closed', () => socket.closed)
  }
  await using friend = await honest()
  const [address] = victim.addresses()
  assert(address !== undefined)
  await friend.dial(address, soon())
})
