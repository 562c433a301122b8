import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Digest, Events, isGgenError, parsePackageName, type PeerId } from '#core'
import { memoryTokenFile, readProxies, RegistryTokens, serveCentral } from '#doors/central'
import { Admissions } from '#flow/verify'
import { memoryHub } from '#network'
import { CentralRegistry, type HttpClient } from '#registry'
import { openHttpClient } from '#registry/http'
import { type Catalogue, memoryBlobStore, memoryCatalogue, memoryRegistryRecords } from '#store'
import { handedOver, openMarketplace, realClock, seeded, smallPackage, TestClock } from '#testing'

const never = new AbortController().signal
const NAME = parsePackageName('tool')

/** What the registry, or whoever sits before it, makes of an answer. */
type Lie = (path: string, body: Uint8Array) => Uint8Array

interface Scene extends AsyncDisposable {
  readonly digest: Digest
  readonly sizeBytes: number
  /** Asks the real registry through somebody who lies. */
  readonly ask: (lie: Lie) => CentralRegistry
}

const openScene = async (): Promise<Scene> => {
  await using opened = new AsyncDisposableStack()
  const clock = new TestClock()
  const promises = memoryRegistryRecords()
  const node = opened.use(await openMarketplace({ hub: memoryHub({ clock }), clock, promises }))
  const elsewhere = opened.use(await openMarketplace({ hub: memoryHub({ clock }), clock }))
  const shelf = await node.marketplace.openShelf(promises, never)
  const tokens = new RegistryTokens({ file: memoryTokenFile(), uses: memoryTokenFile(), clock: realClock, random: seeded('tokens') })
  const door = opened.use(await serveCentral({
    shelf, tokens, clock: realClock, events: new Events(), peerId: 'a peer' as PeerId, version: '1', listen: { host: '127.0.0.1', port: 0 }, replicas: 0,
    isProxy: readProxies([]), signal: never,
  }))
  const { token } = await tokens.create({ label: '', names: ['*'], forMs: 3_600_000 })
  const http = opened.use(openHttpClient({ base: door.url, token }))
  const honest = new CentralRegistry({ http, clock: realClock, name: 'central', isPrivate: false })
  for (const version of ['1.0.0', '2.0.0']) {
    const { envelopes, digest, archive } = await handedOver(elsewhere, await elsewhere.publish(smallPackage('tool', version), 'alice'))
    async function* read(): AsyncGenerator<Uint8Array> {
      yield archive
    }
    await honest.publish({ envelopes, blobs: [{ digest, sizeBytes: archive.length }], read }, never)
  }
  const [newest] = await honest.versions(NAME, never)
  const ask: Scene['ask'] = (lie) => new CentralRegistry({ http: lying(http, lie), clock: realClock, name: 'central', isPrivate: false })
  const running = opened.move()
  const { digest, sizeBytes } = newest ?? assert.fail()
  return { digest, sizeBytes, ask, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

const lying = (http: HttpClient, lie: Lie): HttpClient => ({
  ...http,
  ask: async (question, signal) => {
    const answer = await http.ask(question, signal)
    async function* body(): AsyncGenerator<Uint8Array> {
      yield lie(question.path, Buffer.concat(await Array.fromAsync(answer.body)))
    }
    return { ...answer, body: body() }
  },
  [Symbol.dispose]: () => undefined,
})

/** A client that takes in what it is told; how many of the records it was given became members of its catalogue. */
const takeIn = async (registry: CentralRegistry, catalogue: Catalogue): Promise<number> => {
  const admissions = new Admissions(catalogue, realClock)
  const { envelopes } = await registry.find(NAME, never)
  return envelopes.filter((envelope) => admissions.admit(envelope).outcome === 'added').length
}

const records = (body: Uint8Array, change: (records: string[]) => string[]): Uint8Array => {
  const document = JSON.parse(Buffer.from(body).toString()) as { records: string[] }
  return Buffer.from(JSON.stringify({ ...document, records: change(document.records) }))
}

const flipped = (bytes: Uint8Array, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

test('records that a registry altered are nobody\'s: of every one, at 40 places, none is taken in', async (t) => {
  await using scene = await openScene()
  let refused = 0
  for (let place = 0; place < 40; place += 1) {
    const alter: Lie = (_path, body) => records(body, (texts) => texts.map((text) => {
      const bytes = Buffer.from(text, 'base64')
      return flipped(bytes, Math.floor((place * bytes.length) / 40)).toString('base64')
    }))
    const catalogue = memoryCatalogue()
    try {
      assert.equal(await takeIn(scene.ask(alter), catalogue), 0, `place ${place}`)
    } catch (error) {
      assert.ok(isGgenError(error), 'refused as a whole')
    }
    assert.equal(catalogue.counts().ops, 0)
    refused += 3
  }
  t.diagnostic(`${refused} of ${refused} altered records refused`)
})

test('bytes that a registry altered never get their name', async (t) => {
  await using scene = await openScene()
  const { digest, sizeBytes, ask } = scene
  for (const at of [0, Math.floor(sizeBytes / 2), sizeBytes - 1]) {
    const blobs = memoryBlobStore()
    await using writer = await blobs.create()
    const altered = ask((path, body) => (path.includes('blobs') ? flipped(body, at) : body))
    for await (const chunk of altered.open({ digest, sizeBytes }, { offset: 0, length: sizeBytes }, never)) await writer.append(chunk)
    await assert.rejects(writer.seal(digest), (error) => isGgenError(error, 'integrity'))
    assert.equal(await blobs.size(digest), undefined)
  }
  t.diagnostic('3 of 3 altered archives refused')
})

test('a registry that grows younger takes nothing away from whoever knew more', async (t) => {
  await using scene = await openScene()
  const catalogue = memoryCatalogue()
  assert.equal(await takeIn(scene.ask((_path, body) => body), catalogue), 3)
  assert.equal(await takeIn(scene.ask((_path, body) => records(body, (texts) => texts.slice(0, 2))), catalogue), 0)
  assert.equal(catalogue.entriesNamed(NAME)[0]?.version, '2.0.0')
  t.diagnostic('1 record hidden, 3 of 3 still known')
})
