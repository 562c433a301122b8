import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { answerBlobs, streamSource } from '#bulk'
import { Events, isGgenError, parsePackageName } from '#core'
import { createShelf } from '#flow/fetch'
import { answerSearch } from '#flow/search'
import { parentsFirst } from '#flow/sync'
import { memoryHub, type MemoryHub, type Network } from '#network'
import { memoryPackageSearch } from '#store'
import { type MemoryRegistry, memoryRegistry, TestClock } from '#testing'
import { P2pRegistry } from './p2p-registry.ts'
import { registryConformance, type RegistrySubject } from './registry.conformance.ts'
import { SamplePublisher } from './sample-publication.conformance.ts'

const going = (): AbortSignal => new AbortController().signal
const tool = parsePackageName('tool')

/** A peer that answers out of its own stores. */
const answering = (network: Network, clock: TestClock): MemoryRegistry => {
  const memory = memoryRegistry(clock)
  const { catalogue, blobs } = memory
  answerSearch({
    network, clock, search: memoryPackageSearch(catalogue),
    hitOps: (identity, name) => parentsFirst(catalogue.chainOps(identity), catalogue.feedOps(identity, name)),
  })
  answerBlobs(network, createShelf({ blobs, running: () => undefined }))
  return memory
}

const open = (context: TestContext, peers = 1): RegistrySubject & { readonly peers: readonly MemoryRegistry[]; readonly hub: MemoryHub } => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const network = hub.join({ events: new Events() })
  const others = Array.from({ length: peers }, () => hub.join({ events: new Events() }))
  context.after(() => Promise.all([network, ...others].map((node) => node[Symbol.asyncDispose]())))
  for (const other of others) hub.link(network.self, other.self)
  const answers = others.map((other) => answering(other, clock))
  async function* findHolders(blob: { readonly sizeBytes: number }): AsyncGenerator<{ peer: Network['self']; sizeBytes: number }> {
    for (const { peer } of network.peers()) yield { peer, sizeBytes: blob.sizeBytes }
  }
  const registry = new P2pRegistry({ network, clock, source: streamSource({ network, clock }), findHolders, isPrivate: false })
  return { hub, registry, peers: answers, delivers: 'told', fill: async (publication) => answers[0]?.registry.publish(publication, going()) }
}

registryConformance('the network of peers', async (context) => open(context))

suite('The network of peers', () => {
  test('that nobody is connected is no answer', async (context) => {
    const { registry } = open(context, 0)
    await assert.rejects(registry.find(tool, going()), (error) => isGgenError(error, 'no-peers'))
    assert.equal((await registry.status(going())).peers, 0)
  })

  test('what one peer does not have comes from another, and what some know is joined', async (context) => {
    const { registry, peers } = open(context, 3)
    const [alice, bob] = [new SamplePublisher('alice').publish('tool', '1.0.0'), new SamplePublisher('bob').publish('tool', '2.0.0')]
    await peers[1]?.registry.publish(alice, going())
    await peers[2]?.registry.publish(bob, going())
    assert.deepEqual((await registry.versions(tool, going())).map(({ version }) => version).sort(), ['1.0.0', '2.0.0'])
    const { sizeBytes } = bob.archive
    assert.equal(Buffer.concat(await Array.fromAsync(registry.open(bob.archive, { offset: 0, length: sizeBytes }, going()))).toString(), 'tool 2.0.0')
  })
})
