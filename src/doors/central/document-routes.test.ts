import assert from 'node:assert/strict'
import { get } from 'node:http'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { CentralRegistry } from '#registry'
import { openHttpClient } from '#registry/http'
import { openOp } from '#trust'
import { realClock, smallPackage } from '#testing'
import { codeOf, handIn, listening, openScene, publication } from './central-scene.conformance.ts'
import { addDocumentRoutes } from './document-routes.ts'
import { catalog, packageDocument, searchAnswer } from './protocol.ts'

test('the document of a name holds everything that it takes to judge it, and is not sent twice', async () => {
  await using scene = await openScene()
  const given = await publication('alice', smallPackage('@acme/tool'))
  await handIn(scene.shelf, given)
  await using server = await listening((app) => addDocumentRoutes(app, scene))
  const url = `${server.url}/v1/packages/${encodeURIComponent('@acme/tool')}`
  const response = await fetch(url)
  const etag = response.headers.get('etag') ?? ''
  assert.deepEqual([response.status, response.headers.get('cache-control')], [200, 'no-cache'])
  const { name, records, packages } = packageDocument.parse(await response.json())
  assert.deepEqual([name, records.map((text) => Buffer.from(text, 'base64'))], ['@acme/tool', given.envelopes.map((bytes) => Buffer.from(bytes))])
  assert.deepEqual(packages[0]?.versions[0]?.digest, given.digest)
  const again = await fetch(url, { headers: { 'if-none-match': `W/${etag}` } })
  assert.deepEqual([again.status, again.headers.get('etag'), await again.text()], [304, etag, ''])

  await handIn(scene.shelf, await publication('alice', smallPackage('@acme/tool', '2.0.0')))
  const changed = await fetch(url, { headers: { 'if-none-match': etag } })
  assert.equal(changed.status, 200)
  await changed.text()
})

test('a name that nobody has is told so, and one that is none as well', async () => {
  await using scene = await openScene()
  await using server = await listening((app) => addDocumentRoutes(app, scene))
  const unknown = await fetch(`${server.url}/v1/packages/nobody`)
  assert.deepEqual([unknown.status, await codeOf(unknown)], [404, 'package-not-found'])
  const wrong = await fetch(`${server.url}/v1/packages/${encodeURIComponent('No Name')}`)
  assert.deepEqual([wrong.status, await codeOf(wrong)], [400, 'name-invalid'])
})

test('a search answers hits with the records that they stand on', async () => {
  await using scene = await openScene()
  for (const name of ['red-tool', 'blue-tool']) await handIn(scene.shelf, await publication('alice', smallPackage(name)))
  await using server = await listening((app) => addDocumentRoutes(app, scene))
  const first = searchAnswer.parse(await (await fetch(`${server.url}/v1/search?q=tool&limit=1`)).json())
  assert.deepEqual([first.total, first.results.length, first.records.length], [2, 1, 2])
  const second = searchAnswer.parse(await (await fetch(`${server.url}/v1/search?q=tool&limit=1&cursor=${encodeURIComponent(first.next ?? '')}`)).json())
  assert.deepEqual([...first.results, ...second.results].map(({ name }) => name).toSorted(), ['blue-tool', 'red-tool'])
  for (const query of ['limit=0&q=x', 'limit=51&q=x', 'sort=name&q=x', 'q=a&q=b', '']) {
    const wrong = await fetch(`${server.url}/v1/search?${query}`)
    assert.equal(wrong.status, 400, query)
    await wrong.text()
  }
})

test('every filter that a client of ours sends is known', async () => {
  await using scene = await openScene()
  const given = await publication()
  await handIn(scene.shelf, given)
  await using server = await listening((app) => addDocumentRoutes(app, scene))
  using http = openHttpClient({ base: server.url })
  const registry = new CentralRegistry({ http, clock: realClock, name: 'central', isPrivate: false })
  const { identity: publisher } = openOp(given.envelopes[0] ?? assert.fail())
  const fits = { category: 'uncategorized', publisher, kind: 'tgz', scripts: false, since: 1 }
  const { envelopes: [stranger = assert.fail()] } = await publication('bob')
  const other = { category: 'other', publisher: openOp(stranger).identity, kind: 'zip', scripts: true, since: 2 ** 40 }
  for (const [filter, value] of Object.entries(fits)) {
    const find = async (wanted: unknown): Promise<number> => {
      const query = { words: ['tool'], order: 'relevance' as const, limit: 20, [filter]: wanted }
      return (await registry.search(query, new AbortController().signal)).envelopes.length
    }
    assert.deepEqual([await find(value), await find(other[filter as keyof typeof other])], [given.envelopes.length, 0], filter)
  }
})

test('one record is given by its id', async () => {
  await using scene = await openScene()
  const given = await publication()
  await handIn(scene.shelf, given)
  await using server = await listening((app) => addDocumentRoutes(app, scene))
  const envelope = given.envelopes[0] ?? assert.fail()
  const response = await fetch(`${server.url}/v1/ops/${openOp(envelope).id}`)
  assert.deepEqual([response.status, Buffer.from(await response.arrayBuffer())], [200, Buffer.from(envelope)])
  const missing = await fetch(`${server.url}/v1/ops/nothing`)
  assert.deepEqual([missing.status, await codeOf(missing)], [404, 'package-not-found'])
})

/** An answer as it came, not unpacked by anybody. */
const plain = (url: string, headers: Record<string, string>): Promise<{ readonly zipped: boolean; readonly body: Buffer; readonly status: number }> =>
  new Promise((resolve, reject) => {
    get(url, { headers }, (response) => {
      void Array.fromAsync(response).then((chunks) => resolve({
        zipped: response.headers['content-encoding'] === 'gzip', body: Buffer.concat(chunks as Buffer[]), status: response.statusCode ?? 0,
      }), reject)
    }).once('error', reject)
  })

test('the catalog comes packed for whoever can unpack it, and plain for the others', async () => {
  await using scene = await openScene()
  await handIn(scene.shelf, await publication())
  await using server = await listening((app) => addDocumentRoutes(app, scene))
  const url = `${server.url}/index.json`
  const [zipped, whole, refused] = [await plain(url, { 'accept-encoding': 'br, gzip' }), await plain(url, {}), await plain(url,
    { 'accept-encoding': 'gzip;q=0' })]
  assert.deepEqual([zipped.zipped, whole.zipped, refused.zipped], [true, false, false])
  assert.deepEqual(gunzipSync(zipped.body), whole.body)
  assert.equal(catalog.parse(JSON.parse(whole.body.toString())).packs[0]?.name, 'tool')
  const etag = (await fetch(url)).headers.get('etag') ?? ''
  assert.deepEqual(await plain(url, { 'if-none-match': etag, 'accept-encoding': 'gzip' }), { zipped: false, body: Buffer.alloc(0), status: 304 })
})
