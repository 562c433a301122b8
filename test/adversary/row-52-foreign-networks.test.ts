// Of networks that anybody may join: whoever speaks our protocols and names our network is let in, and the name is no secret. What is shown here is what
// a node gives to those who do not. Networks with a key: row-52-no-key.test.ts.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { until } from '#testing'
import { addressOf, honestNode, hostilePeer, portOf, soon } from './hostile-peer.ts'

/** A node closes connections of those who do not say that they belong to its network, within ten seconds. */
const PATIENCE_MS = 15_000

test('a node of another network is let go as soon as it says so, and learns of nobody', async (t) => {
  await using victim = await honestNode()
  await using friend = await honestNode()
  await friend.dial(addressOf(victim), soon())
  await using foreigner = await hostilePeer({ network: 'other', gossips: true })
  const began = performance.now()
  const connection = await foreigner.connect(victim)
  await until('it is let go', () => connection.status !== 'open', PATIENCE_MS)
  const ms = performance.now() - began
  t.diagnostic(`let go after ${ms.toFixed(0)} ms; ${foreigner.node.getPeers().length} peers known to it`)
  assert.deepEqual(victim.peers().map(({ peer }) => peer), [friend.self])
  await until('nothing is left of it', () => foreigner.node.getPeers().length === 0)
})

test('a node of another kind gets no list of our protocols, and is let go', async (t) => {
  await using victim = await honestNode()
  await using stock = await hostilePeer({ identifyPrefix: 'ipfs' })
  const connection = await stock.connect(victim)
  const [identified] = await Promise.allSettled([stock.node.services.identify.identify(connection, { signal: soon() })])
  assert.equal(identified.status, 'rejected')
  const { protocols } = await stock.node.peerStore.get(connection.remotePeer)
  await until('it is let go', () => connection.status !== 'open', PATIENCE_MS)
  t.diagnostic(`${protocols.length} protocols were shown`)
  assert.deepEqual([protocols, victim.peers()], [[], []])
})

test('who only knocks hears nothing that names us', async (t) => {
  await using victim = await honestNode()
  const heard: Buffer[] = []
  const asked = ['ls', '/ggen/have/1'].map((line) => `\u0013/multistream/1.0.0\n${String.fromCharCode(line.length + 1)}${line}\n`)
  const probes = ['GET / HTTP/1.1\r\nhost: x\r\n\r\n', 'SSH-2.0-x\r\n', ...asked]
  await Promise.all(probes.map(async (probe) => {
    const socket = connect({ port: portOf(victim), host: '127.0.0.1' })
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk: Buffer) => heard.push(chunk))
    socket.write(probe, 'latin1')
    await until('it is closed', () => socket.closed, PATIENCE_MS)
  }))
  const said = Buffer.concat(heard).toString('latin1')
  t.diagnostic(`${said.length} bytes were said to 4 strangers`)
  assert.doesNotMatch(said, /ggen/)
})
