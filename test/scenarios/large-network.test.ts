import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { parseDigest } from '#core'
import { decodeRendezvousEntries, encodeRendezvousQuestion, rendezvousKey } from '#network'
import { rounds, signed, until } from '#testing'
import { startHostileNode } from '../adversary/hostile-node.ts'
import { Cluster, type Member, met, never } from './cluster.ts'

/** Each is a process with a database and a network of its own, about 100 MB: fifty of them take minutes to start on two cores. */
const NODES = rounds(10, 50)
const PACKAGES = rounds(10, 20)
/** Started at once. */
const ABREAST = 5

/** Every node is in a network of its own: of the nodes in one, few are trusted with the same entry. */
const hostOf = (index: number): string => `127.40.${index}.1`

const inTurn = async <T>(items: readonly T[], work: (item: T, index: number) => Promise<void>, abreast = ABREAST): Promise<void> => {
  const queue = items.entries()
  await Promise.all(Array.from({ length: abreast }, async () => {
    for (const [index, item] of queue) await work(item, index)
  }))
}

describe(`${NODES} nodes`, () => {
  let cluster: Cluster
  const packages = Array.from({ length: PACKAGES }, (_, index) => `spread-${index}`)
  const member = (index: number): Member => {
    const found = cluster.members[index % NODES]
    assert.ok(found)
    return found
  }

  before(async () => {
    cluster = await Cluster.open()
    // On one machine nobody is dialled because a peer named it: so each knows all who came before.
    for (let index = 0; index < NODES; index += 1) {
      const bootstrap = cluster.members.map(({ node }) => node.addresses[0] ?? '')
      await cluster.start(`node-${index}`, { listen: `/ip4/${hostOf(index)}/tcp/0`, bootstrap })
    }
  })
  after(() => cluster[Symbol.asyncDispose]())

  test('large-network-scalability: all find each other, and what the last one publishes is known to all', async (t) => {
    await until('each is connected to all others', async () => (await cluster.status()).every(({ peers }) => peers === NODES - 1))
    const began = performance.now()
    await cluster.publish(member(NODES - 1), 'scale', { name: 'scalability-test' })
    await cluster.converged(1)
    t.diagnostic(`${NODES} nodes know it after ${Math.round(performance.now() - began)} ms`)
    const infos = await Promise.all(cluster.members.map(({ client }) => client.info('scalability-test', never).then(signed)))
    assert.equal(new Set(infos.map(({ op }) => op)).size, 1)
  })

  test('dht-key-distribution: packages of ten nodes are found from every node, and who holds them is kept by many, by nobody alone', async (t) => {
    await inTurn(packages, async (name, index) => {
      await cluster.publish(member(index % 10), `publisher-${index % 10}`, { name })
    })
    await cluster.converged(1 + PACKAGES)
    const digests = await Promise.all(packages.map(async (name) => parseDigest(signed(await member(0).client.info(name, never)).digest)))
    await using census = await startHostileNode({ host: '127.41.1.1' })
    await inTurn(cluster.members, async ({ node }) => census.connect(node.addresses[0]))
    const isKept = async ({ node }: Member, digest: (typeof digests)[number]): Promise<boolean> => {
      const question = encodeRendezvousQuestion({ op: 'get', key: rendezvousKey('blob', digest), count: 20 })
      return decodeRendezvousEntries(await until('the node is not too busy', () => census.rendezvous(node.peerId, question))).length > 0
    }
    const kept = (): Promise<readonly (readonly boolean[])[]> =>
      Promise.all(cluster.members.map((keeper) => Array.fromAsync(digests, (digest) => isKept(keeper, digest))))
    const few = Math.min(NODES - 1, 5)
    const table = await until('every holder is told to several', async () => {
      const rows = await kept()
      return digests.every((_, key) => rows.filter((row) => row[key]).length >= few) && rows
    })
    const loads = table.map((row) => row.filter(Boolean).length)
    const mean = loads.reduce((sum, load) => sum + load, 0) / NODES
    t.diagnostic(`of ${PACKAGES} keys a node keeps ${Math.min(...loads)} to ${Math.max(...loads)}, ${mean} on average`)
    assert.ok(Math.max(...loads) <= 2 * mean, `nobody keeps more than twice the average: ${loads.join()}`)
    await inTurn(cluster.members, async ({ client }) => {
      for (const name of packages) assert.equal((await client.info(name, never)).name, name)
    })
    await inTurn(packages, async (name, index) => {
      for (const away of [1, 5]) assert.equal((await member(index + away).client.fetch({ spec: name }, never)).name, name)
    })
  })
})

test('dht-put-get: who holds a blob is told to a node that neither publishes nor holds it, and found there by a third', async () => {
  await using cluster = await Cluster.open()
  const keeper = await cluster.start('keeper', { listen: '/ip4/127.42.1.1/tcp/0' })
  const holder = await cluster.start('holder', { listen: '/ip4/127.42.2.1/tcp/0', bootstrap: keeper.node.addresses })
  await met(keeper, holder)
  await cluster.publish(holder, 'ada', { name: 'dht-test' })
  const digest = parseDigest(signed(await holder.client.info('dht-test', never)).digest)

  await using asker = await startHostileNode({ host: '127.42.3.1' })
  await asker.connect(keeper.node.addresses[0])
  const question = encodeRendezvousQuestion({ op: 'get', key: rendezvousKey('blob', digest), count: 20 })
  const entries = await until('the keeper was told', async () => {
    const answer = await asker.rendezvous(keeper.node.peerId, question)
    const found = answer === undefined ? [] : decodeRendezvousEntries(answer)
    return found.length > 0 && found
  })
  assert.deepEqual(entries.map(({ peer }) => peer), [holder.node.peerId])

  const third = await cluster.start('third', { listen: '/ip4/127.42.4.1/tcp/0', bootstrap: keeper.node.addresses })
  await until('it knows the package', async () => (await third.client.status(never)).packages === 1)
  const { sources } = await third.client.fetch({ spec: 'dht-test' }, never)
  assert.deepEqual(sources.map(({ peer }) => peer), [holder.node.peerId])
  assert.equal((await keeper.client.status(never)).blobs, 0, 'the keeper has nothing of it')
})
