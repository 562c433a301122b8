import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GgenError } from '#core'
import { openOp } from '#trust'
import { codeOf, handIn, listening, openScene, publication, once } from './central-scene.conformance.ts'
import { publishAnswer } from './protocol.ts'
import { addPublishRoutes } from './publish-routes.ts'

const body = (envelopes: readonly Uint8Array[]): string => JSON.stringify({ records: envelopes.map((bytes) => Buffer.from(bytes).toString('base64')) })

const post = (url: string, token: string, text: string): Promise<Response> =>
  fetch(`${url}/v1/ops`, { method: 'POST', body: text, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } })

test('records are stored by a token that covers their names, and the token is known to have been used', async () => {
  await using scene = await openScene()
  await using server = await listening((app) => addPublishRoutes(app, { ...scene, replicas: 0 }))
  const given = await publication()
  await scene.shelf.store(given.digest, once(given.archive))
  const token = await scene.token('tool')
  const response = await post(server.url, token, body(given.envelopes))
  const ids = given.envelopes.map((envelope) => openOp(envelope).id)
  assert.deepEqual([response.status, publishAnswer.parse(await response.json())], [200, { accepted: ids, known: [] }])
  const again = await post(server.url, token, body(given.envelopes))
  assert.deepEqual(await again.json(), { accepted: [], known: ids })
  assert.equal((await scene.tokens.list())[0]?.lastUsedAt, scene.clock.now())
})

test('a release whose archive is not here is refused with the digest that is missing', async () => {
  await using scene = await openScene()
  await using server = await listening((app) => addPublishRoutes(app, { ...scene, replicas: 0 }))
  const given = await publication()
  const response = await post(server.url, await scene.token('*'), body(given.envelopes))
  const { error } = (await response.json()) as { error: { code: string; details: { digest: string } } }
  assert.deepEqual([response.status, error.code, error.details.digest], [404, 'blob-not-found', given.digest])
})

test('a token that does not cover a name, is revoked or is over stores nothing', async () => {
  await using scene = await openScene()
  await using server = await listening((app) => addPublishRoutes(app, { ...scene, replicas: 0 }))
  const given = await publication()
  await scene.shelf.store(given.digest, once(given.archive))
  const narrow = await post(server.url, await scene.token('other.*'), body(given.envelopes))
  assert.deepEqual([narrow.status, await codeOf(narrow)], [403, 'denied'])
  const token = await scene.token('*')
  const [, row] = await scene.tokens.list()
  await scene.tokens.revoke(row?.id ?? assert.fail())
  const revoked = await post(server.url, token, body(given.envelopes))
  assert.deepEqual([revoked.status, await codeOf(revoked)], [401, 'token-missing'])
  const short = await scene.token('*')
  scene.clock.advance(60_001)
  const over = await post(server.url, short, body(given.envelopes))
  assert.deepEqual([over.status, await codeOf(over)], [401, 'token-missing'])
  assert.equal(scene.shelf.summary().ops, 0)
})

test('a body that is no publish is refused whatever it is', async () => {
  await using scene = await openScene()
  await using server = await listening((app) => addPublishRoutes(app, { ...scene, replicas: 0 }))
  const token = await scene.token('*')
  const texts = ['', '[]', '{}', '{"records":[]}', '{"records":["not base64!"]}', '{"records":[1]}', '{"records":["AAAA"],"more":1}', '{"__proto__":1}', 'x']
  for (const text of texts) assert.equal((await post(server.url, token, text)).status, 400, text)
  assert.equal((await post(server.url, token, '{"records":["AAAA"]}')).status, 422, 'bytes that are no record')
})

test('what is stored stands although the use of its token cannot be written down', async () => {
  await using scene = await openScene()
  const tokens = Object.assign(Object.create(scene.tokens) as typeof scene.tokens, { noteUse: () => Promise.reject(new Error('planted')) })
  await using server = await listening((app) => addPublishRoutes(app, { ...scene, tokens, replicas: 0 }))
  const given = await publication()
  await handIn(scene.shelf, given)
  assert.equal((await post(server.url, await scene.token('*'), body(given.envelopes))).status, 200)
  assert.ok(scene.seen.some((event) => event.type === 'task-failed' && event.message === 'planted'))
})

test('nothing new begins once the door is being closed', async () => {
  await using scene = await openScene()
  await using server = await listening((app) => addPublishRoutes(app, { ...scene, replicas: 0 }))
  scene.works.stop(new GgenError('daemon-not-running', 'the registry stops'))
  const response = await post(server.url, await scene.token('*'), body((await publication()).envelopes))
  assert.deepEqual([response.status, await codeOf(response)], [503, 'daemon-not-running'])
})
