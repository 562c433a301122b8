import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { type Digest, LIMITS, parsePackageSpec } from '#core'
import { memoryHub, type Network } from '#network'
import { memoryBlobStore, WHOLE_SET } from '#store'
import { decodeBlobQuestion, encodeBlobAnswer, encodeHaveAnswer } from '#wire'
import { openMarketplace, smallPackage, type TestMarketplace, TestClock, until } from '#testing'
import type { NodeMarketplace } from './node-marketplace.ts'

const never = new AbortController().signal
const words = (text: string): { words: string[] } => ({ words: text.split(' ') })

type Linked = Pick<TestMarketplace, 'network'>

interface Testbed {
  readonly clock: TestClock
  open(light?: boolean): Promise<TestMarketplace>
  link(a: Linked, b: Linked): void
  cut(a: Linked, b: Linked): void
  /** A node that claims to hold everything, and answers every range with bytes of its own. */
  openLiar(sizeBytes: number): Linked & AsyncDisposable
}

const testbed = (): Testbed => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  return {
    clock,
    open: (light = false) => openMarketplace({ hub, clock, light }),
    link: (a, b) => hub.link(a.network.self, b.network.self),
    cut: (a, b) => hub.cut(a.network.self, b.network.self),
    openLiar: (sizeBytes) => liar(hub.join(), sizeBytes),
  }
}

const knows = (node: TestMarketplace, text: string): Promise<boolean> =>
  until(`${text} is known`, async () => (await node.marketplace.search(words(text), never)).total > 0, 5000)

const bytesOf = async ({ marketplace }: { readonly marketplace: NodeMarketplace }, digest: Digest): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(marketplace.read(digest, never)))

describe('a release travels', () => {
  test('by gossip over nodes in between, and its bytes come from whoever holds them', async () => {
    const { open, link } = testbed()
    await using a = await open()
    await using b = await open()
    await using c = await open()
    link(a, b)
    link(b, c)
    const receipt = await a.publish(smallPackage('tool', '1.0.0', 'a luminous thing'))
    await knows(c, 'luminous')
    assert.deepEqual(c.events.filter(({ type }) => type === 'release-added').map((event) => 'source' in event && event.source), ['gossip'])
    const fetched = await c.marketplace.fetch({ spec: parsePackageSpec('tool@^1') }, never)
    assert.equal(fetched.digest, receipt.digest)
    assert.deepEqual(await bytesOf(c, receipt.digest), await bytesOf(a, receipt.digest))
    assert.deepEqual((await c.marketplace.fetch({ spec: parsePackageSpec('tool') }, never)).sources, [], 'what is here is not fetched again')
  })

  test('by sync to a node that was not there, and to both sides of a partition', async () => {
    const { open, link, cut, clock } = testbed()
    await using a = await open()
    await using b = await open()
    await a.publish(smallPackage('before'))
    link(a, b)
    await knows(b, 'before')
    cut(a, b)
    await a.publish(smallPackage('left'))
    await b.publish(smallPackage('right'))
    assert.equal((await b.marketplace.search(words('left'), never)).total, 0)
    clock.advance(LIMITS.syncEveryMs)
    link(a, b)
    await knows(a, 'right')
    await knows(b, 'left')
    assert.deepEqual(a.catalogue.measure(WHOLE_SET), b.catalogue.measure(WHOLE_SET))
    assert.equal((await a.marketplace.status()).freshness, 'synced')
  })

  test('hundreds of ops of several publishers are synced, parents and children in one second included', async () => {
    const { open, link } = testbed()
    await using a = await open()
    await using b = await open()
    for (let index = 0; index < 150; index++) await a.publish(smallPackage(`tool-${index % 30}`, `1.${index}.0`), `publisher ${index % 3}`)
    link(a, b)
    await until('the sets are equal', () => isDeepStrictEqual(a.catalogue.measure(WHOLE_SET), b.catalogue.measure(WHOLE_SET)), 10_000)
    assert.deepEqual(b.catalogue.counts(), a.catalogue.counts())
  })
})

describe('a node that knows nothing', () => {
  test('asks its peers, and checks what they say', async () => {
    const { open, link } = testbed()
    await using full = await open()
    await using light = await open(true)
    await full.publish(smallPackage('tool', '1.0.0', 'a luminous thing'))
    await full.publish(smallPackage('tool', '1.1.0', 'a luminous thing'))
    link(full, light)
    const { results } = await light.marketplace.search(words('luminous'), never)
    assert.deepEqual(results.map(({ name, version }) => `${name}@${version}`), ['tool@1.1.0'])
    assert.equal((await light.marketplace.fetch({ spec: parsePackageSpec('tool@1.0.0') }, never)).version, '1.0.0')
  })

  test('alone says so', async () => {
    const { open } = testbed()
    await using node = await open()
    await assert.rejects(node.marketplace.fetch({ spec: parsePackageSpec('tool') }, never), { code: 'package-not-found' })
    assert.deepEqual(await node.marketplace.search(words('tool'), never), { total: 0, results: [] })
    assert.equal((await node.marketplace.status()).freshness, 'alone')
  })
})

describe('bytes', () => {
  test('from a lying holder are noticed, and an honest one is asked', async () => {
    const { open, link, openLiar } = testbed()
    await using honest = await open()
    await using reader = await open()
    const { digest, sizeBytes, op } = await honest.publish(smallPackage('tool'))
    assert.equal((await honest.marketplace.sources(parsePackageSpec('tool'), never)).origin, 'published')
    const original = await bytesOf(honest, digest)
    await using lying = openLiar(sizeBytes)
    for (const node of [lying, honest]) link(node, reader)
    await knows(reader, 'tool')
    const { sources, proof } = await reader.marketplace.fetch({ spec: parsePackageSpec('tool') }, never)
    assert.deepEqual(sources.map(({ peer, ranges }) => ({ peer, ranges })), [{ peer: honest.network.self, ranges: [[0, original.length]] }])
    assert.equal(proof?.release, op)
    assert.deepEqual(await bytesOf(reader, digest), original)
  })

  test('of which only wrong ones are to be had are not kept, and the error says integrity', async () => {
    const { open, link, openLiar } = testbed()
    await using publisher = await open()
    await using reader = await open()
    const { digest, sizeBytes } = await publisher.publish(smallPackage('tool'))
    link(publisher, reader)
    await knows(reader, 'tool')
    await publisher[Symbol.asyncDispose]()
    await using lying = openLiar(sizeBytes)
    link(lying, reader)
    await assert.rejects(reader.marketplace.fetch({ spec: parsePackageSpec('tool') }, never), { code: 'integrity' })
    assert.equal(await reader.blobs.size(digest), undefined)
  })

  test('that nobody holds are a typed failure', async () => {
    const { open, link } = testbed()
    await using publisher = await open()
    await using other = await open()
    await using reader = await open()
    await publisher.publish(smallPackage('tool'))
    link(publisher, reader)
    link(other, reader)
    await knows(reader, 'tool')
    await publisher[Symbol.asyncDispose]()
    await assert.rejects(reader.marketplace.fetch({ spec: parsePackageSpec('tool') }, never), { code: 'no-holder' })
  })
})

describe('names', () => {
  test('that two publishers claim are refused until one is chosen', async () => {
    const { open, link } = testbed()
    await using a = await open()
    await using b = await open()
    const mine = await a.publish(smallPackage('http'), 'alice')
    await b.publish(smallPackage('http', '9.0.0'), 'mallory')
    await using c = await open()
    for (const author of [a, b]) link(author, c)
    await until('both claims are known', () => c.catalogue.claimants(mine.name).length === 2, 5000)
    await assert.rejects(c.marketplace.fetch({ spec: parsePackageSpec('http') }, never), { code: 'name-contested' })
    assert.equal((await c.marketplace.fetch({ spec: parsePackageSpec(`@${mine.identity}/http`) }, never)).version, '1.0.0')
  })

  test('stay with the publisher of their first use when others come', async () => {
    const { open, link } = testbed()
    await using a = await open()
    await using b = await open()
    const mine = await a.publish(smallPackage('http'), 'alice')
    await a.marketplace.fetch({ spec: parsePackageSpec('http') }, never)
    await b.publish(smallPackage('http', '9.0.0'), 'mallory')
    link(a, b)
    await until('both claims are known', () => a.catalogue.claimants(mine.name).length === 2, 5000)
    assert.equal((await a.marketplace.fetch({ spec: parsePackageSpec('http') }, never)).identity, mine.identity)
  })
})

describe('publishing', () => {
  test('other bytes under a version is a conflict and leaves nothing behind', async () => {
    const { open } = testbed()
    await using node = await open()
    const first = await node.publish(smallPackage('tool'))
    const before = await node.blobs.usage()
    await assert.rejects(node.publish({ ...smallPackage('tool'), 'more.txt': 'more' }), { code: 'conflict' })
    assert.deepEqual(await node.blobs.usage(), before)
    assert.deepEqual(await node.publish(smallPackage('tool')), first, 'the very same again is the same release')
  })

  test('two archives for one version at the same time: one is published, the other is a conflict', async () => {
    const clock = new TestClock()
    const [blobs, gate] = [memoryBlobStore(), Promise.withResolvers<void>()]
    const create = blobs.create.bind(blobs)
    let seals = 0
    blobs.create = async () => {
      const writer = await create()
      const seal = writer.seal.bind(writer)
      writer.seal = async (expected) => {
        if (seals++ === 0) await gate.promise
        return await seal(expected)
      }
      return writer
    }
    await using node = await openMarketplace({ hub: memoryHub({ clock }), clock, blobs })
    const waiting = node.publish(smallPackage('tool', '1.0.0', 'checked first, sealed last'))
    await until('the first one is about to be sealed', () => seals === 1)
    const receipt = await node.publish(smallPackage('tool', '1.0.0', 'quicker'))
    gate.resolve()
    await assert.rejects(waiting, { code: 'conflict' })
    assert.equal((await node.marketplace.info(parsePackageSpec('tool'), never)).digest, receipt.digest)
  })

  test('what a crash interrupted is finished at the next start', async () => {
    const clock = new TestClock()
    const hub = memoryHub({ clock })
    const first = await openMarketplace({ hub, clock })
    const receipt = await first.publish(smallPackage('tool'))
    await first[Symbol.asyncDispose]()
    await using second = await openMarketplace({ hub, clock, trust: first.trust })
    assert.equal((await second.marketplace.info(parsePackageSpec('tool'), never)).op, receipt.op, 'own ops come back from the trust store alone')
    const next = await second.publish(smallPackage('tool', '1.1.0'), first.network.self)
    assert.equal(next.version, '1.1.0')
  })
})

const liar = (network: Network, sizeBytes: number): Linked & AsyncDisposable => {
  network.answer('/ggen/have/1', async () => encodeHaveAnswer({ held: [{ sizeBytes }], bulk: undefined }))
  network.answer('/ggen/blob/1', async (question) => {
    const { offset, length } = decodeBlobQuestion(question)
    return encodeBlobAnswer({ sizeBytes, bytes: Buffer.alloc(Math.min(length, sizeBytes - offset), 'x') })
  })
  return { network, [Symbol.asyncDispose]: () => network[Symbol.asyncDispose]() }
}
