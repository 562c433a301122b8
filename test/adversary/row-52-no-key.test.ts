// A private network has a key, and whoever does not have it gets nothing: no list of protocols, no peer id, no byte that could be read.
import assert from 'node:assert/strict'
import { connect, createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import { test } from 'node:test'
import { parseMultiaddr } from '#core'
import { until } from '#testing'
import { addressOf, honestNode, hostilePeer, portOf, soon } from './hostile-peer.ts'

const KEY = Buffer.alloc(32, 'the key of acme')
const OTHER_KEY = Buffer.alloc(32, 'the key of somebody else')
const NONCE_BYTES = 24
const PATIENCE_MS = 15_000

const member = (networkKey = KEY, more: { readonly mdns?: boolean } = {}) => honestNode({ networkName: 'acme', networkKey, ...more })

/** Everything that a socket says until it is closed. */
const saidUntilClosed = async (socket: Socket): Promise<Buffer> => {
  const said: Buffer[] = []
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => said.push(chunk))
  await until('it is closed', () => socket.closed, PATIENCE_MS)
  return Buffer.concat(said)
}

test('who has no key, or another one, is not connected and learns no protocol; who has it is', async (t) => {
  await using victim = await member()
  await using friend = await member()
  await friend.dial(addressOf(victim), soon())
  await using bare = await hostilePeer({ network: 'acme', gossips: true })
  await using wrong = await hostilePeer({ network: 'acme', gossips: true, networkKey: OTHER_KEY })
  for (const outsider of [bare, wrong]) {
    await assert.rejects(outsider.connect(victim))
    assert.deepEqual(outsider.node.getPeers(), [])
    const known = await outsider.node.peerStore.all()
    assert.deepEqual(known.flatMap(({ protocols }) => protocols), [], 'no protocol was shown')
  }
  t.diagnostic('0 protocols were shown to 2 outsiders')
  assert.deepEqual(victim.peers().map(({ peer }) => peer), [friend.self])
  await using insider = await hostilePeer({ network: 'acme', networkKey: KEY })
  await insider.connect(victim)
  await until('it is a peer', () => victim.peers().some(({ peer }) => peer === insider.self))
})

test('a member that calls an outsider says nothing that can be read, and an outsider that calls it hears 24 random bytes or none', async (t) => {
  await using victim = await member()
  const hello = Buffer.from('\u0013/multistream/1.0.0\n\u0007/noise\n')
  const probes = [hello, Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n'), Buffer.alloc(10), Buffer.alloc(5000, 0xff), Buffer.alloc(0)]
  const heard = await Promise.all(probes.map((probe) => {
    const socket = connect({ port: portOf(victim), host: '127.0.0.1' })
    socket.write(probe)
    return saidUntilClosed(socket)
  }))
  t.diagnostic(`${heard.map(({ length }) => length).join(', ')} bytes were said to 5 strangers`)
  assert.deepEqual(heard.map(({ length }) => length <= NONCE_BYTES), probes.map(() => true))
  assert.equal(new Set(heard.filter(({ length }) => length > 0).map(String)).size, heard.filter(({ length }) => length > 0).length, 'never the same')

  const called: Buffer[] = []
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    // A stranger who answers as a node would that has no key.
    socket.on('data', (chunk: Buffer) => (called.push(chunk), socket.write(hello)))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as { readonly port: number }
  await assert.rejects(victim.dial(parseMultiaddr(`/ip4/127.0.0.1/tcp/${port}`), soon()))
  server.close()
  const said = Buffer.concat(called).toString('latin1')
  assert.ok(said.length > NONCE_BYTES)
  assert.doesNotMatch(said, /ggen|multistream|noise|acme/)
})

test('bytes of members that were written down and are played again open nothing', async () => {
  await using victim = await member()
  await using friend = await member()
  const written: Buffer[] = []
  const relay = createServer((socket) => {
    const onward = connect({ port: portOf(victim), host: '127.0.0.1' })
    for (const one of [socket, onward]) one.on('error', () => one.destroy())
    socket.on('data', (chunk: Buffer) => void written.push(chunk))
    socket.pipe(onward).pipe(socket)
  })
  await once(relay.listen(0, '127.0.0.1'), 'listening')
  const { port } = relay.address() as { readonly port: number }
  assert.equal(await friend.dial(parseMultiaddr(`/ip4/127.0.0.1/tcp/${port}`), soon()), victim.self)
  await friend[Symbol.asyncDispose]()
  relay.close()
  await until('the friend is gone', () => victim.peers().length === 0)
  const socket = connect({ port: portOf(victim), host: '127.0.0.1' })
  for (const chunk of written) socket.write(chunk)
  await saidUntilClosed(socket)
  assert.deepEqual(victim.peers(), [])
})

test('on the local network those with one key find each other, and those of the same name with another one do not', async () => {
  await using one = await member(KEY, { mdns: true })
  await using stranger = await member(OTHER_KEY, { mdns: true })
  await using two = await member(KEY, { mdns: true })
  await until('two members met', () => one.peers().some(({ peer }) => peer === two.self), PATIENCE_MS)
  assert.deepEqual([stranger.peers(), stranger.stats().peersMet], [[], 0])
  await assert.rejects(stranger.dial(addressOf(one), soon()))
})
