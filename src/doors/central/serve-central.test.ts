import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get } from 'node:https'
import { type AddressInfo, connect, createServer } from 'node:net'
import { test } from 'node:test'
import { type ErrorCode, GgenError, isGgenError, type PeerId } from '#core'
import type { Shelf } from '#marketplace'
import { TestAuthority } from '#testing'
import { type CentralScene, codeOf, handIn, openScene, publication } from './central-scene.conformance.ts'
import { failure, health, publishAnswer, readiness } from './protocol.ts'
import { readProxies } from './proxies.ts'
import { type CentralDoor, type CentralOptions, serveCentral } from './serve-central.ts'

const code = (expected: ErrorCode) => (error: unknown): boolean => isGgenError(error, expected)

const open = (scene: CentralScene, options: Partial<CentralOptions> = {}): Promise<CentralDoor> =>
  serveCentral({
    ...scene, peerId: 'a peer' as PeerId, version: '1.2.3', listen: { host: '127.0.0.1', port: 0 }, replicas: 0, isProxy: readProxies([]),
    signal: new AbortController().signal, ...options,
  })

test('the whole way: stored, published, found, described, fetched', async () => {
  await using scene = await openScene()
  await using door = await open(scene)
  const given = await publication()
  const authorization = `Bearer ${await scene.token('tool')}`
  const stored = await fetch(`${door.url}/v1/blobs/${given.digest}`, { method: 'PUT', body: Buffer.from(given.archive), headers: { authorization } })
  assert.equal(stored.status, 201)
  await stored.text()
  const records = given.envelopes.map((bytes) => Buffer.from(bytes).toString('base64'))
  const published = await fetch(`${door.url}/v1/ops`, {
    method: 'POST', body: JSON.stringify({ records }), headers: { authorization, 'content-type': 'application/json' },
  })
  assert.equal(publishAnswer.parse(await published.json()).accepted.length, 2)
  assert.equal((await fetch(`${door.url}/v1/packages/tool`)).status, 200)
  const { packs } = (await (await fetch(`${door.url}/index.json`)).json()) as { packs: { download_url: string }[] }
  const archive = await fetch(packs[0]?.download_url ?? '')
  assert.deepEqual(Buffer.from(await archive.arrayBuffer()), Buffer.from(given.archive), 'what the catalog points at is there')
  const state = health.parse(await (await fetch(`${door.url}/v1/health`)).json())
  assert.deepEqual([state.version, state.peerId, state.ops], ['1.2.3', 'a peer', 2])
  const text = await (await fetch(`${door.url}/metrics`)).text()
  assert.ok(text.includes('ggen_registry_records_total{outcome="accepted"} 2'))
  assert.equal((await fetch(`${door.url}/openapi.json`)).status, 200)
})

test('what is not there, and what is no request, is told in the same form as everything else', async () => {
  await using scene = await openScene()
  await using door = await open(scene)
  for (const [path, method] of [['/', 'GET'], ['/v1/ops', 'GET'], ['/v1/packages/x', 'DELETE'], ['/v1/packages/%FF', 'GET']] as const) {
    const response = await fetch(`${door.url}${path}`, { method })
    assert.equal(response.status, 400, `${method} ${path}`)
    assert.equal(failure.parse(await response.json()).error.code, 'usage')
  }
  const { port, hostname } = new URL(door.url)
  const socket = connect(Number(port), hostname).end('this is no HTTP\r\n\r\n')
  assert.match(Buffer.concat((await Array.fromAsync(socket)) as Buffer[]).toString(), /^HTTP\/1.1 400[^]*"code":"usage"/)
})

test('a defect is answered as one and told of, and the server goes on', async () => {
  await using scene = await openScene()
  const shelf: Shelf = new Proxy(scene.shelf, {
    get: (target, key) => {
      if (key === 'named') throw new TypeError('planted')
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  await using door = await open(scene, { shelf })
  const response = await fetch(`${door.url}/v1/packages/tool`)
  assert.deepEqual([response.status, await codeOf(response)], [500, 'internal'])
  assert.ok(scene.seen.some((event) => event.type === 'task-failed' && event.task === 'GET /v1/packages/:name'))
  assert.equal((await fetch(`${door.url}/v1/health`)).status, 200)
})

test('only our own proxies may say for whom they ask', async () => {
  await using scene = await openScene()
  const exhaust = async (door: CentralDoor): Promise<readonly number[]> => {
    const statuses = new Set<number>()
    for (let index = 0; index < 40; index += 1) {
      const headers = { 'x-forwarded-for': `192.0.2.${index}`, authorization: 'Bearer wrong' }
      const response = await fetch(`${door.url}/v1/ops`, { method: 'POST', headers })
      await response.text()
      statuses.add(response.status)
    }
    return [...statuses]
  }
  {
    await using door = await open(scene)
    assert.deepEqual(await exhaust(door), [401, 429], 'whatever it says, it is one address')
  }
  await using door = await open(scene, { isProxy: readProxies(['127.0.0.1']) })
  assert.deepEqual(await exhaust(door), [401], 'forty askers')
})

test('a place that is taken or that is none is told so', async () => {
  await using scene = await openScene()
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  await assert.rejects(open(scene, { listen: { host: '127.0.0.1', port } }), code('port-in-use'))
  await assert.rejects(open(scene, { listen: { host: '192.0.2.1', port: 0 } }), code('config-invalid'))
  await assert.rejects(open(scene, { tls: { cert: Buffer.from('x'), key: Buffer.from('y') } }), code('config-invalid'))
  taken.close()
})

test('while it stops it is not ready, lets a publish end, and takes nothing new', async () => {
  await using scene = await openScene()
  const gate = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const shelf: Shelf = new Proxy(scene.shelf, {
    get: (target, key) => {
      if (key === 'take') return async () => (begun.resolve(), await gate.promise, { accepted: [], known: [] })
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const stop = new AbortController()
  const door = await open(scene, { shelf, signal: stop.signal })
  assert.equal(readiness.parse(await (await fetch(`${door.url}/v1/ready`)).json()).status, 'ready')
  const headers = { authorization: `Bearer ${await scene.token('*')}`, 'content-type': 'application/json' }
  const publish = (): Promise<Response> => fetch(`${door.url}/v1/ops`, { method: 'POST', body: '{"records":["AAAA"]}', headers })
  const under = publish()
  await begun.promise
  stop.abort(new GgenError('cancelled', 'stop'))
  const ready = await fetch(`${door.url}/v1/ready`)
  assert.deepEqual([ready.status, ready.headers.get('retry-after'), readiness.parse(await ready.json()).status], [503, '1', 'stopping'])
  const late = await publish()
  assert.deepEqual([late.status, late.headers.get('retry-after'), await codeOf(late)], [503, '1', 'daemon-not-running'])
  const closed = door[Symbol.asyncDispose]()
  gate.resolve()
  assert.equal((await under).status, 200)
  await closed
})

test('it speaks HTTPS where it has a certificate', async () => {
  await using scene = await openScene()
  await handIn(scene.shelf, await publication())
  const authority = new TestAuthority()
  const { cert, key } = authority.issue('localhost')
  await using door = await open(scene, { tls: { cert: Buffer.from(cert), key: Buffer.from(key) }, listen: { host: '0.0.0.0', port: 0 } })
  assert.match(door.url, /^https:\/\/localhost:\d+$/)
  const answer = Promise.withResolvers<number | undefined>()
  get(`${door.url}/v1/health`, { ca: authority.cert, agent: false }, (response) => answer.resolve(response.resume().statusCode)).once('error', answer.reject)
  assert.equal(await answer.promise, 200)
})
