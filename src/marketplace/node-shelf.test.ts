import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CENTRAL_LIMITS, digestOf, type ErrorCode, isGgenError, parsePackageName, parseVersion } from '#core'
import { memoryHub } from '#network'
import { memoryCatalogue, memoryPackageSearch, memoryRegistryRecords, type RegistryRecords } from '#store'
import { createIdentity, keyPairFromSeed, openOp, signingBytes } from '#trust'
import { type HandedOver, handedOver, openMarketplace, Publisher, seeded, smallPackage, TEST_EPOCH, TestClock, type TestMarketplace } from '#testing'
import { NodeShelf } from './node-shelf.ts'
import type { Grant, Shelf } from './shelf.ts'

const never = new AbortController().signal
const GRANT: Grant = { id: 'token', covers: () => true, replicas: 0 }
const TOOL = parsePackageName('tool')

const code = (expected: ErrorCode) => (error: unknown): boolean => isGgenError(error, expected)

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

interface Registry extends AsyncDisposable {
  readonly node: TestMarketplace
  readonly shelf: Shelf
  readonly promises: RegistryRecords
}

const openRegistry = async (hub = memoryHub({ clock: new TestClock() }), clock = new TestClock()): Promise<Registry> => {
  const promises = memoryRegistryRecords()
  const node = await openMarketplace({ hub, clock, promises, seed: { follow: [], all: true } })
  return { node, promises, shelf: await node.marketplace.openShelf(promises, never), [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() }
}

/** What a publisher who published elsewhere hands over. */
const publish = async (publisher = 'alice', version = '1.0.0', name = 'tool'): Promise<HandedOver> => {
  await using elsewhere = await openMarketplace({ hub: memoryHub({ clock: new TestClock() }), clock: new TestClock() })
  return await handedOver(elsewhere, await elsewhere.publish(smallPackage(name, version), publisher))
}

const handIn = async (shelf: Shelf, { envelopes, digest, archive }: HandedOver, grant = GRANT) => {
  await shelf.store(digest, once(archive))
  return await shelf.take(envelopes, grant, never)
}

test('what is handed in is found, listed, described, and given to others', async () => {
  await using registry = await openRegistry()
  const { shelf } = registry
  assert.ok(shelf instanceof NodeShelf)
  const given = await publish()
  const ids = given.envelopes.map((envelope) => openOp(envelope).id)
  assert.deepEqual(await handIn(shelf, given), { accepted: ids, known: [] })
  assert.deepEqual(await handIn(shelf, given), { accepted: [], known: ids }, 'twice is once')

  const named = shelf.named(TOOL)
  assert.deepEqual(named?.records.map((bytes) => Buffer.from(bytes)), given.envelopes.map((bytes) => Buffer.from(bytes)))
  const versions = named?.packages.flatMap((one) => one.versions.map(({ version, digest, standing }) => [version, digest, standing]))
  assert.deepEqual(versions, [['1.0.0', given.digest, 'live']])
  assert.equal(named?.left, 0)
  assert.deepEqual(Buffer.from(shelf.op(ids[1] ?? assert.fail()) ?? []), Buffer.from(given.envelopes[1] ?? []))
  const hits = await shelf.search({ words: ['tool'] }, never)
  assert.deepEqual([hits.total, hits.results.map(({ name, version }) => `${name}@${version}`), hits.records.length], [1, ['tool@1.0.0'], 2])
  const listed = shelf.listed(TOOL)
  assert.equal(listed?.digest, given.digest)
  assert.equal((await shelf.pack(given.digest, never))?.description, 'a small package')
  assert.equal(await shelf.size(given.digest), given.archive.length)
  const range = { offset: 2, length: 3 }
  assert.deepEqual(Buffer.concat(await Array.fromAsync(shelf.read(given.digest, range, never))), Buffer.from(given.archive.subarray(2, 5)))
})

test('a name that nobody has is nobody\'s, and bytes that are not here have no size', async () => {
  await using registry = await openRegistry()
  const { shelf } = registry
  assert.deepEqual([shelf.named(TOOL), shelf.listed(TOOL), shelf.names(0, 10).names], [undefined, undefined, []])
  const nowhere = digestOf(Buffer.from('nowhere'))
  assert.deepEqual([await shelf.size(nowhere), await shelf.pack(nowhere, never)], [undefined, undefined])
})

test('a release without its archive is refused, and nothing of it is promised', async () => {
  await using registry = await openRegistry()
  const { shelf, promises } = registry
  const given = await publish()
  await assert.rejects(shelf.take(given.envelopes, GRANT, never), (error) => isGgenError(error, 'blob-not-found') && error.details['digest'] === given.digest)
  assert.deepEqual([shelf.listed(TOOL), promises.promisedOps(0, 10).ops], [undefined, []])
})

test('bytes that are not what they are called are not kept', async () => {
  await using registry = await openRegistry()
  const { shelf } = registry
  const given = await publish()
  await assert.rejects(shelf.store(given.digest, once(Buffer.from('something else'))), code('integrity'))
  assert.equal(await shelf.size(given.digest), undefined)
})

test('a token stores only what it covers, and what is said of others only where it covers everything', async () => {
  await using registry = await openRegistry()
  const { shelf } = registry
  const given = await publish()
  const narrow: Grant = { ...GRANT, covers: (name) => name === 'other' }
  await assert.rejects(handIn(shelf, given, narrow), code('denied'))
  const [alice, bob] = [new Publisher('alice'), new Publisher('bob')]
  await assert.rejects(shelf.take([alice.genesis, bob.genesis, alice.endorse(bob.identity).bytes], narrow, never), code('denied'))
  assert.equal(shelf.listed(TOOL), undefined)
})

test('records that nobody may say, that are broken, or that stand on nothing, are refused', async () => {
  await using registry = await openRegistry()
  const { shelf, promises } = registry
  const given = await publish()
  await shelf.store(given.digest, once(given.archive))
  const [genesis, release] = given.envelopes
  assert.ok(genesis !== undefined && release !== undefined)
  const broken = Uint8Array.from(release)
  broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1
  await assert.rejects(shelf.take([genesis, broken], GRANT, never), code('op-invalid'))
  await assert.rejects(shelf.take([release], GRANT, never), code('op-invalid'), 'its chain is missing')
  assert.deepEqual(promises.promisedOps(0, 10).ops, [])
})

test('an archive that is not what its record says is refused', async () => {
  await using registry = await openRegistry()
  const { shelf } = registry
  const alice = new Publisher('alice')
  const content = 'this is no archive'
  const release = alice.release('tool', '1.0.0', { content })
  await shelf.store(release.body.artifact.digest, once(Buffer.from(content)))
  await assert.rejects(shelf.take([alice.genesis, release.bytes], GRANT, never), code('archive-broken'))
  assert.equal(shelf.named(TOOL), undefined)
})

test('what was promised is there again when the catalogue was lost, and stays whatever the quota', async () => {
  const promises = memoryRegistryRecords()
  const given = await publish()
  const clock = new TestClock()
  {
    await using node = await openMarketplace({ hub: memoryHub({ clock }), clock, promises })
    await handIn(await node.marketplace.openShelf(promises, never), given)
  }
  const catalogue = memoryCatalogue()
  const index = { catalogue, search: memoryPackageSearch(catalogue) }
  await using again = await openMarketplace({ hub: memoryHub({ clock }), clock, promises, index, quota: { total: 1, perIdentity: 1 } })
  const shelf = await again.marketplace.openShelf(promises, never)
  assert.equal(shelf.listed(TOOL)?.digest, given.digest)
})

test('of a name that two publishers have, both are named and neither is listed, until the operator chooses', async () => {
  await using registry = await openRegistry()
  const { shelf, node } = registry
  const [alice, bob] = [await publish('alice'), await publish('bob', '2.0.0')]
  await handIn(shelf, alice)
  await handIn(shelf, bob)
  const identities = [alice, bob].map(({ envelopes: [genesis] }) => openOp(genesis ?? assert.fail()).identity)
  assert.equal(shelf.named(TOOL)?.packages.length, 2)
  assert.equal(shelf.listed(TOOL), undefined)
  const { meanings } = shelf
  await node.marketplace.trusting.add(TOOL, identities[1] ?? assert.fail())
  assert.notEqual(shelf.meanings, meanings, 'what was worked out before has to be looked at again')
  assert.deepEqual([shelf.listed(TOOL)?.version, shelf.named(TOOL)?.packages[0]?.identity], ['2.0.0', identities[1]])
})

test('two registries that know each other are one: the archive may lie with the other one, and nothing counts before both have it', async () => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  await using first = await openRegistry(hub, clock)
  await using second = await openRegistry(hub, clock)
  hub.link(first.node.network.self, second.node.network.self)
  const given = await publish()
  await first.shelf.store(given.digest, once(given.archive))
  const taking = second.shelf.take(given.envelopes, { ...GRANT, replicas: 1 }, never)
  let done = false
  const settled = taking.finally(() => (done = true))
  while (!done) {
    clock.advance(20)
    await new Promise(setImmediate)
  }
  assert.equal((await settled).accepted.length, 2)
  for (const { shelf } of [first, second]) assert.equal(shelf.listed(TOOL)?.digest, given.digest)
  assert.equal(await second.shelf.size(given.digest), given.archive.length)
})

test('a registry that has to have a second one says so when there is none, and keeps what it got', async () => {
  const clock = new TestClock()
  await using registry = await openRegistry(memoryHub({ clock }), clock)
  const { shelf } = registry
  const given = await publish()
  await shelf.store(given.digest, once(given.archive))
  let failure: unknown
  void shelf.take(given.envelopes, { ...GRANT, replicas: 1 }, never).catch((error: unknown) => (failure = error))
  while (failure === undefined) {
    clock.advance(CENTRAL_LIMITS.replicasMs / 4)
    await new Promise(setImmediate)
  }
  assert.ok(isGgenError(failure, 'replicas-missing') && failure.kind.retryable)
  assert.equal(shelf.listed(TOOL)?.digest, given.digest)
})

test('what is withdrawn is neither listed nor given, and its record stays', async () => {
  await using registry = await openRegistry()
  const { shelf } = registry
  await using elsewhere = await openMarketplace({ hub: memoryHub({ clock: new TestClock() }), clock: new TestClock() })
  const receipt = await elsewhere.publish(smallPackage('tool'), 'alice')
  const given = await handedOver(elsewhere, receipt)
  await handIn(shelf, given)
  await shelf.take(await withdraw(elsewhere, given), GRANT, never)
  assert.deepEqual([shelf.listed(TOOL), await shelf.size(given.digest)], [undefined, undefined])
  assert.equal(shelf.named(TOOL)?.packages[0]?.versions[0]?.standing, 'withdrawn')
})

/** The records of a package of alice, who has withdrawn it. */
const withdraw = async ({ marketplace: { speaking }, catalogue }: TestMarketplace, { envelopes: [genesis = assert.fail()] }: HandedOver) => {
  const { identity } = openOp(genesis)
  const key = keyPairFromSeed(createIdentity(seeded('alice'), TEST_EPOCH).release)
  const statement = { type: 'status', name: TOOL, version: parseVersion('1.0.0'), state: 'withdrawn' } as const
  const { intent, payload } = await speaking.prepare({ identity, chain: [genesis], feed: key.publicKey, statement }, never)
  await speaking.commit(intent, [{ key: key.publicKey, signature: key.sign(signingBytes(payload)) }], never)
  return catalogue.feedOps(identity, TOOL)
}
