import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CENTRAL_LIMITS } from '#core'
import { codeOf, listening, openScene } from './central-scene.conformance.ts'
import { Guard } from './guard.ts'

test('an address gets so many answers and is then told to wait', async () => {
  await using scene = await openScene()
  await using server = await listening((app) => {
    new Guard(scene).watch(app)
    app.get('/', async () => 'hello')
  })
  const statuses = new Map<number, number>()
  let last: Response | undefined
  for (let count = 0; count <= CENTRAL_LIMITS.requestBurst; count += 1) {
    last = await fetch(server.url)
    statuses.set(last.status, (statuses.get(last.status) ?? 0) + 1)
    if (last.status === 200) await last.text()
  }
  assert.deepEqual([...statuses], [[200, CENTRAL_LIMITS.requestBurst], [429, 1]])
  assert.ok(last !== undefined)
  assert.deepEqual([last.headers.get('retry-after'), await codeOf(last)], ['1', 'too-busy'])
  scene.clock.advance(1000)
  assert.equal((await fetch(server.url)).status, 200)
})

test('whoever tries tokens is soon not even looked at, and a right one comes too late then', async () => {
  await using scene = await openScene()
  const guard = new Guard(scene)
  await using server = await listening((app) => app.get('/', async (request, reply) => (await guard.authorise(request, reply)).id))
  const ask = async (token: string): Promise<number> => {
    const response = await fetch(server.url, { headers: { authorization: `Bearer ${token}` } })
    await response.text()
    return response.status
  }
  const token = await scene.token('*')
  assert.equal(await ask(token), 200)
  for (let count = 0; count < CENTRAL_LIMITS.refusalBurst; count += 1) assert.equal(await ask(`guess${count}`), 401)
  assert.equal(await ask('guess'), 429)
  assert.equal(await ask(token), 429)
  scene.clock.advance(60_000)
  const fresh = await scene.token('*')
  assert.equal(await ask(fresh), 200)
})

test('a token publishes so often and no oftener', async () => {
  await using scene = await openScene()
  const guard = new Guard(scene)
  await using server = await listening((app) => app.get('/', async (request, reply) => (await guard.authorise(request, reply)).id))
  const [busy, idle] = [await scene.token('*'), await scene.token('*')]
  const ask = async (token: string): Promise<number> => {
    const response = await fetch(server.url, { headers: { authorization: `Bearer ${token}` } })
    await response.text()
    return response.status
  }
  for (let count = 0; count < CENTRAL_LIMITS.publishBurst; count += 1) assert.equal(await ask(busy), 200)
  assert.deepEqual([await ask(busy), await ask(idle)], [429, 200])
})

test('what is no bearer token is none', async () => {
  await using scene = await openScene()
  const guard = new Guard(scene)
  await using server = await listening((app) => app.get('/', async (request, reply) => (await guard.authorise(request, reply)).id))
  for (const header of ['', 'Basic abc', 'Bearer', 'Bearer a b', `Bearer ${'x'.repeat(300)}`]) {
    const response = await fetch(server.url, { headers: { authorization: header } })
    assert.deepEqual([response.status, await codeOf(response)], [401, 'token-missing'], header)
  }
})
