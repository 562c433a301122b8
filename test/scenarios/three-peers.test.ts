import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ggen, hashTree, signed, until } from '#testing'
import { Cluster, type Member, met, never } from './cluster.ts'

const PUBLISHES = 100

interface Found { readonly total: number; readonly results: readonly { readonly name: string; readonly version: string }[] }
interface Installed { readonly installed: readonly { readonly path: string; readonly version: string }[] }

const namesIn = ({ results }: Found): readonly string[] => results.map(({ name }) => name).toSorted()

let cluster: Cluster
let a: Member
let b: Member
let c: Member

before(async () => {
  cluster = await Cluster.open()
  a = await cluster.start('a')
})
after(() => cluster[Symbol.asyncDispose]())

test('network-initialization: a node that starts has an id, an address, a topic, no peers and no packages', async () => {
  const { status, peerId, addresses } = await a.client.health(never)
  assert.equal(status, 'ready')
  assert.equal(peerId, a.node.peerId)
  assert.ok(addresses.length > 0 && addresses.every((address) => address.endsWith(`/p2p/${peerId}`)), addresses.join())
  const { peers, packages, topics, freshness } = await a.client.status(never)
  assert.deepEqual({ peers, packages, freshness }, { peers: 0, packages: 0, freshness: 'alone' })
  assert.deepEqual(topics, ['/ggen/main/ops/1'])
})

test('peer-discovery: a node that knows one address joins, and both see each other', async () => {
  b = await cluster.start('b', { bootstrap: a.node.addresses.slice(0, 1) })
  await met(a, b)
  const peers = (await ggen(b.node.home, 'p2p', 'peers', '--json')).json<readonly { readonly peerId: string; readonly direction: string }[]>()
  assert.deepEqual(peers.map(({ peerId, direction }) => ({ peerId, direction })), [{ peerId: a.node.peerId, direction: 'outbound' }])
  assert.deepEqual((await a.client.peers(never)).map(({ direction }) => direction), ['inbound'])
})

test('publish-package: what is published on A is resolved on A and on B, by its name and by its version', async () => {
  await cluster.publish(a, 'ada', { name: 'p2p-test-package' })
  const here = signed(await a.client.info('p2p-test-package', never))
  const onB = () => b.client.info('p2p-test-package@1.0.0', never).then(signed)
  const there = await until('B knows it', async () => (await b.client.status(never)).packages === 1 && onB())
  assert.deepEqual([there.version, there.identity, there.digest, there.op], ['1.0.0', here.identity, here.digest, here.op])
  const installed = await ggen(b.node.home, 'install', 'p2p-test-package@^1', '--dir', cluster.path('project-b'), '--json')
  assert.equal(installed.code, 0, installed.stdout + installed.stderr)
  const [package_] = installed.json<Installed>().installed
  assert.deepEqual(await hashTree(package_?.path ?? ''), await hashTree(cluster.path('source-p2p-test-package-1.0.0')))
})

test('duplicate-prevention: publishing the same folder again adds no record and no release, on any node', async () => {
  const before_ = await a.client.status(never)
  const again = await cluster.publish(a, 'ada', { name: 'p2p-test-package' })
  assert.equal(again, signed(await a.client.info('p2p-test-package', never)).op, 'the receipt is that of the first time')
  assert.deepEqual((await a.client.status(never)).catalogue, before_.catalogue)
  assert.equal((await b.client.search({ words: ['p2p-test-package'] }, never)).total, 1)
})

test('version-updates: two versions of a package are there side by side, and a name means the newest', async () => {
  await cluster.publish(a, 'ada', { name: 'p2p-test-package', version: '2.0.0' })
  await until('B knows both', async () => (await b.client.info('p2p-test-package', never)).versions.length === 2)
  assert.equal((await b.client.info('p2p-test-package', never)).version, '2.0.0')
  assert.equal((await b.client.info('p2p-test-package@^1', never)).version, '1.0.0')
  assert.equal((await b.client.search({ words: ['p2p-test-package'] }, never)).total, 1, 'search shows one of them')
})

test('topic-subscription: what A announces reaches B as gossip, on the topic that both take part in', async () => {
  assert.deepEqual((await b.client.status(never)).topics, (await a.client.status(never)).topics)
  const added = b.node.events.filter(({ type }) => type === 'release-added')
  assert.ok(added.some(({ name, version, source }) => name === 'p2p-test-package' && version === '2.0.0' && source === 'gossip'), JSON.stringify(added))
  assert.ok(a.node.events.some(({ type, peers }) => type === 'release-announced' && Number(peers) >= 1))
})

test('distributed-search: a node without a catalogue finds what three peers hold, each one package, by asking them', async () => {
  c = await cluster.start('c', { bootstrap: [a, b].flatMap(({ node }) => node.addresses) })
  await Promise.all([met(a, c), met(b, c)])
  await cluster.publish(a, 'ada', { name: 'rust-web-server', description: 'serves pages over http' })
  await cluster.publish(b, 'bob', { name: 'python-api', description: 'serves an interface over http' })
  await cluster.publish(c, 'cy', { name: 'nodejs-service', description: 'serves whatever over http' })
  await cluster.converged(5)
  const asker = await cluster.start('asker', { bootstrap: c.node.addresses, more: ['--no-mdns', '--light'] })
  await met(asker, c)
  const search = async (...words: readonly string[]): Promise<Found> => (await ggen(asker.node.home, 'search', ...words, '--json')).json<Found>()
  assert.equal((await asker.client.status(never)).packages, 0, 'it keeps no catalogue')
  const rust = await until('the answer of a peer', async () => {
    const found = await search('rust')
    return found.total > 0 && found
  })
  assert.deepEqual(namesIn(rust), ['rust-web-server'])
  assert.deepEqual(namesIn(await search('http')), ['nodejs-service', 'python-api', 'rust-web-server'])
  assert.equal((await asker.client.status(never)).packages, 3, 'it knows what it asked for, of four packages that there are')
})

test('concurrent-publishes: of 100 publishes at once on three nodes none is lost, and every node resolves each', async (t) => {
  const names = Array.from({ length: PUBLISHES }, (_, index) => `at-once-${index}`)
  const full = cluster.members.slice(0, 3)
  const before_ = (await a.client.status(never)).releases
  const began = performance.now()
  await Promise.all(names.map((name, index) => cluster.publish(full[index % 3] ?? a, `busy-${index % 10}`, { name })))
  const tookMs = performance.now() - began
  await cluster.converged(before_ + PUBLISHES, full)
  t.diagnostic(`acknowledged after ${Math.round(tookMs)} ms, known everywhere after ${Math.round(performance.now() - began)} ms`)
  const resolved = await Promise.all(full.map(async ({ client }) => Promise.all(names.map((name) => client.info(`${name}@1.0.0`, never)))))
  for (const [index, name] of names.entries()) assert.equal(new Set(resolved.map((answers) => answers[index]?.op)).size, 1, name)
})
