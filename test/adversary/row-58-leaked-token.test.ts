import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Events, GgenError, parsePackageName, parsePackageSpec, type PeerId } from '#core'
import { memoryTokenFile, readProxies, RegistryTokens, serveCentral } from '#doors/central'
import { memoryHub } from '#network'
import { memoryRegistryRecords } from '#store'
import { openOp } from '#trust'
import { type HandedOver, handedOver, openMarketplace, Publisher, realClock, seeded, smallPackage, TestClock, type TestMarketplace } from '#testing'

const never = new AbortController().signal
const NAME = parsePackageName('io.acme.tool')

/** A registry with one publisher, whose token a stranger has got hold of. */
interface Scene extends AsyncDisposable {
  readonly node: TestMarketplace
  readonly tokens: RegistryTokens
  readonly url: string
  readonly token: string
  readonly honest: HandedOver
}

const publication = async (publisher: string, name: string, version = '1.0.0'): Promise<HandedOver> => {
  await using elsewhere = await openMarketplace({ hub: memoryHub({ clock: new TestClock() }), clock: new TestClock() })
  return await handedOver(elsewhere, await elsewhere.publish(smallPackage(name, version), publisher))
}

const openScene = async (): Promise<Scene> => {
  await using opened = new AsyncDisposableStack()
  const clock = new TestClock()
  const promises = memoryRegistryRecords()
  const node = opened.use(await openMarketplace({ hub: memoryHub({ clock }), clock, promises }))
  const shelf = await node.marketplace.openShelf(promises, never)
  const tokens = new RegistryTokens({ file: memoryTokenFile(), uses: memoryTokenFile(), clock: realClock, random: seeded('tokens') })
  const door = opened.use(await serveCentral({
    shelf, tokens, clock: realClock, events: new Events(), peerId: 'a peer' as PeerId, version: '1', listen: { host: '127.0.0.1', port: 0 }, replicas: 0,
    isProxy: readProxies([]), signal: never,
  }))
  const { token } = await tokens.create({ label: 'ci', names: ['io.acme.*'], forMs: 3_600_000 })
  const honest = await publication('acme', NAME)
  assert.deepEqual(await handIn(door.url, token, honest), [201, 200])
  const running = opened.move()
  return { node, tokens, url: door.url, token, honest, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** Status of the upload and of the publish. */
const handIn = async (url: string, token: string, { envelopes, digest, archive }: HandedOver): Promise<readonly number[]> => {
  const authorization = `Bearer ${token}`
  const put = await fetch(`${url}/v1/blobs/${digest}`, { method: 'PUT', body: Buffer.from(archive), headers: { authorization } })
  await put.text()
  return [put.status, await post(url, token, envelopes)]
}

const post = async (url: string, token: string, envelopes: readonly Uint8Array[]): Promise<number> => {
  const body = JSON.stringify({ records: envelopes.map((bytes) => Buffer.from(bytes).toString('base64')) })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(`${url}/v1/ops`, { method: 'POST', body, headers })
  await answer.text()
  return answer.status
}

const identityOf = ({ envelopes: [genesis = assert.fail()] }: HandedOver) => openOp(genesis).identity

test('whoever has a leaked token publishes as himself, and under no other name: 2 of 2 tries to be somebody else end', async (t) => {
  await using scene = await openScene()
  const { url, token, node, honest } = scene
  assert.deepEqual(await handIn(url, token, await publication('mallory', 'com.bank.tool')), [201, 403], 'no other name')
  const mallory = new Publisher('mallory')
  const forged = mallory.status(NAME, '1.0.0', { state: 'withdrawn' })
  const pretended = Buffer.from(forged.bytes)
  const at = pretended.indexOf(Buffer.from('withdrawn'))
  pretended[at] = 'W'.charCodeAt(0)
  assert.equal(await post(url, token, [mallory.genesis, pretended]), 422, 'a word that was not signed like that')
  const released = honest.envelopes.at(-1) ?? assert.fail()
  const withdrawn = await post(url, token, [mallory.genesis, forged.bytes])
  assert.equal(withdrawn, 200, 'of a package of his own that is called the same he may say what he likes')
  assert.equal((await node.marketplace.info(parsePackageSpec(`@${identityOf(honest)}/${NAME}`), never)).standing, 'live')
  assert.ok(openOp(released).identity !== mallory.identity)
  t.diagnostic('1 name outside of the token refused, 1 forged word refused, 0 words of another publisher changed')
})

test('a release of his own under the name is another publisher\'s: who had the name keeps it, and nobody new is given either', async (t) => {
  await using scene = await openScene()
  const { url, token, node, honest } = scene
  const names = async (): Promise<readonly string[]> => {
    const { packs } = (await (await fetch(`${url}/index.json`)).json()) as { packs: { name: string }[] }
    return packs.map(({ name }) => name)
  }
  assert.deepEqual(await names(), [NAME])
  await node.marketplace.trusting.add(NAME, identityOf(honest))
  assert.deepEqual(await handIn(url, token, await publication('mallory', NAME, '9.0.0')), [201, 200])
  const { digest } = await node.marketplace.fetch({ spec: parsePackageSpec(NAME) }, never)
  assert.equal(digest, honest.digest, 'the name is bound')
  await node.marketplace.trusting.remove(NAME)
  await assert.rejects(node.marketplace.info(parsePackageSpec(NAME), never), (error) => error instanceof GgenError && error.code === 'name-contested')
  const { packages } = (await (await fetch(`${url}/v1/packages/${NAME}`)).json()) as { packages: { identity: string }[] }
  assert.equal(packages.length, 2, 'both are shown to whoever looks')
  t.diagnostic('2 publishers shown, 0 of 2 chosen without a decision, 1 of 1 binding kept')
})

test('a revoked token is good for nothing from the next request on, and nowhere on the disk is its text', async (t) => {
  await using scene = await openScene()
  const { url, token, tokens } = scene
  const [row] = await tokens.list()
  assert.ok(row !== undefined && !JSON.stringify(row).includes(token.slice(5)))
  await tokens.revoke(row.id)
  assert.deepEqual(await handIn(url, token, await publication('mallory', 'io.acme.other')), [401, 401])
  t.diagnostic('2 of 2 requests after the revocation refused')
})
