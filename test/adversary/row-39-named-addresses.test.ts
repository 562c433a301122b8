import { digestOf, LIMITS, parseMultiaddr, parsePeerId } from '#core'
import { decodeRendezvousQuestion, encodeRendezvousEntries, encodeRendezvousReceipt, type RendezvousEntry } from '#network'
import { knownPeer, until } from '#testing'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { honestAt, soon } from './honest-nodes.ts'
import { type HostileNode, type Named, startHostileNode } from './hostile-node.ts'

interface Bystander extends AsyncDisposable {
  readonly port: number
  readonly connections: () => number
}

/** Something that listens and is no node: a database, a metadata service, somebody else's computer. */
const bystanderAt = async (host: string): Promise<Bystander> => {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  await once(server.listen(0, host), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      await once(server.close(), 'close')
    },
  }
}

/** A hostile node that names so many peers at each of these addresses, in every answer others. */
const namingNode = async (addresses: readonly string[]): Promise<HostileNode & { readonly named: () => number }> => {
  let named = 0
  const twenty = (): Named[] => Array.from({ length: LIMITS.rendezvousAnswer }, () => ({ peer: knownPeer(`ghost ${(named += 1)}`).id, addresses }))
  const entries = (): RendezvousEntry[] => twenty().map(({ peer }) => ({ peer: parsePeerId(peer), addresses: addresses.map(parseMultiaddr) }))
  const rendezvous = (question: Uint8Array): Uint8Array =>
    decodeRendezvousQuestion(question).op === 'get' ? encodeRendezvousEntries(entries()) : encodeRendezvousReceipt(true)
  const node = await startHostileNode({ host: '127.66.6.6', closer: twenty, rendezvous })
  return { ...node, named: () => named }
}

const ROUNDS = 25

test('row 39: a node that has met others than itself connects to nothing on its own machine or next to it because a peer names it', async (t) => {
  await using service = await bystanderAt('127.0.0.1')
  const hosts = ['ip4/127.0.0.1', 'ip4/127.3.4.5', 'ip4/169.254.169.254', 'ip4/169.254.1.2', 'ip6/::1', 'ip6/::ffff:127.0.0.1', 'dns4/localhost', 'ip4/0.0.0.0']
  const inside = hosts.map((host) => `/${host}/tcp/${service.port}`)
  await using evil = await namingNode(inside)
  await using victim = await honestAt('0.0.0.0', { bootstrap: [evil.address] })
  if (victim.addresses().every((address) => address.startsWith('/ip4/127.'))) {
    t.skip('this machine has no address beyond itself')
    return
  }
  await until('they know each other', () => victim.peers().length === 1)
  for (let round = 0; round < ROUNDS; round += 1) await Array.fromAsync(victim.findProviders(digestOf(Buffer.from(`${round}`)), soon()))
  t.diagnostic(`${evil.named()} records named ${inside.length} addresses on and next to this machine: ${service.connections()} connections`)
  assert(evil.named() >= 2 * ROUNDS * LIMITS.rendezvousAnswer)
  assert.equal(service.connections(), 0)
})

test('row 39: a thousand records that name one address move a node to three dials', async (t) => {
  await using bystander = await bystanderAt('127.77.7.7')
  await using evil = await namingNode([`/ip4/127.77.7.7/tcp/${bystander.port}`])
  await using victim = await honestAt('127.20.1.1', { bootstrap: [evil.address] })
  await until('they know each other', () => victim.peers().length === 1)
  for (let round = 0; round < ROUNDS; round += 1) await Array.fromAsync(victim.findProviders(digestOf(Buffer.from(`${round}`)), soon()))
  t.diagnostic(`${evil.named()} records named one address: ${bystander.connections()} dials`)
  assert(evil.named() >= 1000, `${evil.named()} records`)
  assert(bystander.connections() > 0 && bystander.connections() <= LIMITS.failedDials)
})
