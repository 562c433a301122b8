import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { CENTRAL_LIMITS, digestOf, Events, isErrorCode, LIMITS, type PeerId } from '#core'
import { memoryTokenFile, readProxies, RegistryTokens, serveCentral } from '#doors/central'
import { memoryHub } from '#network'
import { memoryBlobStore, memoryRegistryRecords } from '#store'
import { type HandedOver, handedOver, openMarketplace, realClock, seeded, smallPackage, TestClock, type TestMarketplace } from '#testing'

const LONG = process.env['GGEN_LONG'] === '1'
const never = new AbortController().signal
const QUOTA_BYTES = 1024 * 1024

interface Scene extends AsyncDisposable {
  readonly node: TestMarketplace
  readonly url: string
  readonly token: string
  readonly given: HandedOver
}

/** A registry that has one package, room for a megabyte, and a publisher who has a token. */
const openScene = async (): Promise<Scene> => {
  await using opened = new AsyncDisposableStack()
  const clock = new TestClock()
  const promises = memoryRegistryRecords()
  const blobs = memoryBlobStore({ quotaBytes: QUOTA_BYTES, isKept: (digest) => promises.keeps(digest) })
  const node = opened.use(await openMarketplace({ hub: memoryHub({ clock }), clock, promises, blobs }))
  const elsewhere = opened.use(await openMarketplace({ hub: memoryHub({ clock }), clock }))
  const shelf = await node.marketplace.openShelf(promises, never)
  const tokens = new RegistryTokens({ file: memoryTokenFile(), uses: memoryTokenFile(), clock: realClock, random: seeded('tokens') })
  const door = opened.use(await serveCentral({
    shelf, tokens, clock: realClock, events: new Events(), peerId: 'a peer' as PeerId, version: '1', listen: { host: '127.0.0.1', port: 0 }, replicas: 0,
    isProxy: readProxies(['127.0.0.1']), signal: never,
  }))
  const { token } = await tokens.create({ label: '', names: ['*'], forMs: 3_600_000 })
  const given = await handedOver(elsewhere, await elsewhere.publish(smallPackage('tool'), 'alice'))
  const running = opened.move()
  const scene = { node, url: door.url, token, given, [Symbol.asyncDispose]: () => running.disposeAsync() }
  assert.deepEqual([await put(scene, given.archive), await post(scene, given)], [201, 200])
  return scene
}

const put = async ({ url, token }: Pick<Scene, 'url' | 'token'>, bytes: Uint8Array, digest = digestOf(bytes)): Promise<number> => {
  const answer = await fetch(`${url}/v1/blobs/${digest}`, { method: 'PUT', body: Buffer.from(bytes), headers: { authorization: `Bearer ${token}` } })
  await answer.text()
  return answer.status
}

const post = async ({ url, token }: Pick<Scene, 'url' | 'token'>, { envelopes }: Pick<HandedOver, 'envelopes'>): Promise<number> => {
  const body = JSON.stringify({ records: envelopes.map((bytes) => Buffer.from(bytes).toString('base64')) })
  const answer = await fetch(`${url}/v1/ops`, { method: 'POST', body, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } })
  await answer.text()
  return answer.status
}

/** Says exactly this, and then a byte now and then for as long as somebody listens; resolves to what came back. */
const say = async (url: string, text: string, drip?: string): Promise<string> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  socket.write(text)
  const dripping = drip === undefined ? undefined : setInterval(() => socket.write(drip), 200)
  const came: Buffer[] = []
  try {
    for await (const chunk of socket) came.push(chunk as Buffer)
  } catch {
    // Cut: what came before counts.
  } finally {
    clearInterval(dripping)
  }
  return Buffer.concat(came).toString('latin1')
}

/** A refusal in our form that gives nothing away. */
const assertRefused = (answer: string, what: string): void => {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  assert.match(head, /^HTTP\/1\.1 4\d\d /, what)
  const { error } = JSON.parse(body) as { error: { code: string; message: string } }
  assert.ok(isErrorCode(error.code) && error.code !== 'internal', `${what}: ${body}`)
  assert.doesNotMatch(error.message, /node:|\.ts|ENOENT|\/src\//, what)
}

test('who sends his request byte by byte is not listened to for long', { timeout: 120_000 }, async (t) => {
  await using scene = await openScene()
  const { url, token } = scene
  const upload = `PUT /v1/blobs/${digestOf(Buffer.from('x'))} HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n`
  const publish = 'POST /v1/ops HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n'
  const known = `authorization: Bearer ${token}\r\n\r\n`
  const drips = [
    ['GET /v1/health HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n', 'x'],
    ['GET /index.json HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n', '1\r\nx\r\n'],
    ['DELETE /v1/health HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n', 'x'],
    [`${upload}\r\n`, 'x'],
    [`${publish}\r\n`, 'x'],
    // These are cut as late as an honest slow one has to be.
    ...(LONG ? [['GET / HTTP/1.1\r\nhost: x\r\n', 'a: b\r\n'], [`${upload}${known}`, 'x'], [`${publish}${known}`, ' ']] : []),
  ]
  const began = performance.now()
  await Promise.all(drips.map(([text = '', drip]) => say(url, text, drip)))
  const mostMs = LONG ? CENTRAL_LIMITS.paceMs * 2 : CENTRAL_LIMITS.headersMs
  assert.ok(performance.now() - began < mostMs + 10_000)
  assert.equal((await fetch(`${url}/v1/health`)).status, 200)
  t.diagnostic(`${drips.length} of ${drips.length} drips cut`)
})

test('paths that lead elsewhere lead nowhere, and say nothing', async (t) => {
  await using scene = await openScene()
  const { url, given: { digest } } = scene
  const paths = [
    '/../../etc/passwd', '/v1/blobs/../../../registry-tokens.json', '/v1/blobs/%2e%2e%2f%2e%2e%2fregistry-tokens.json',
    '/v1/blobs/sha256:..%2f..%2fkeys', '//v1/health', `/v1/blobs/${digest}/../x`, `/v1/blobs/${digest.toUpperCase()}`, `/v1/blobs/${digest}%00`,
    `/v1/blobs/${digest}%0a`, `/v1/blobs/sha512:${'a'.repeat(128)}`, '/v1/blobs/', '/v1/packages/', '/v1/packages/..', '/v1/packages/%00', '/v1/packages/Tool',
    '/v1/packages/__proto__', '/v1/packages/constructor', '/v1/packages/%FF%FE', `/v1/packages/${'a'.repeat(5000)}`, '/v1/ops/..', '/v1/ops/%2e%2e',
    '/v1/ops/bafy', '/v1/search?limit=-1', '/v1/search?limit=1e9', '/v1/search?q=a&q=b', '/v1/search?x[y]=z', `/v1/search?q=${'a'.repeat(300)}`,
    '/v1/search?cursor=x', '/v1/search?__proto__=x', '/index.json/', '/registry-tokens.json', '/.well-known/', '/metrics/', '*', 'http://elsewhere/v1',
  ]
  for (const path of paths) assertRefused(await say(url, `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`), path)
  const methods = ['PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND']
  for (const method of methods) {
    assertRefused(await say(url, `${method} /index.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`), method)
  }
  const broken = [
    'GET /v1/health HTTP/9.9\r\n\r\n', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(CENTRAL_LIMITS.headersBytes)}\r\n\r\n`,
    'POST /v1/ops HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n',
  ]
  for (const text of broken) assertRefused(await say(url, text), text.slice(0, 60))
  t.diagnostic(`${paths.length + methods.length + broken.length} of ${paths.length + methods.length + broken.length} refused with a reason`)
})

test('ranges and tags of every form give the right bytes, or say that there are none', async (t) => {
  await using scene = await openScene()
  const { archive, digest } = scene.given
  const n = archive.length
  const whole = [
    'bytes=5-4', 'bytes=-', 'bytes=0-1,3-4', `bytes=${Array(500).fill('0-').join(',')}`, 'items=0-1', 'bytes=a-b', 'bytes=1', 'bytes=0x1-2', 'bytes=-1-2',
    `bytes=${'9'.repeat(400)}-`, 'bytes=0-1-2', ' ', 'bytes', 'BYTES=0-1',
  ]
  const parts: readonly (readonly [string, number, number])[] = [
    ['bytes=0-0', 0, 1], [`bytes=0-${'9'.repeat(15)}`, 0, n], [`bytes=-${'9'.repeat(15)}`, 0, n], [`bytes=${n - 1}-`, n - 1, n], ['bytes=-1', n - 1, n],
  ]
  const ask = async (headers: Record<string, string>): Promise<readonly [number, Buffer]> => {
    const answer = await fetch(`${scene.url}/v1/blobs/${digest}`, { headers })
    return [answer.status, Buffer.from(await answer.arrayBuffer())]
  }
  for (const range of whole) assert.deepEqual(await ask({ range }), [200, Buffer.from(archive)], range)
  for (const [range, from, to] of parts) assert.deepEqual(await ask({ range }), [206, Buffer.from(archive.subarray(from, to))], range)
  for (const range of [`bytes=${n}-`, `bytes=${'9'.repeat(15)}-`, 'bytes=-0']) assert.equal((await ask({ range }))[0], 416, range)
  const others = ['"', `"${'x'.repeat(8000)}"`, 'W/', ',,,', `"${digest.slice(0, -1)}"`, Array(2000).fill('"a"').join(',')]
  for (const tag of others) {
    assert.deepEqual(await ask({ 'if-none-match': tag }), [200, Buffer.from(archive)], tag.slice(0, 40))
    assert.deepEqual(await ask({ 'if-range': tag, range: 'bytes=0-0' }), [200, Buffer.from(archive)], tag.slice(0, 40))
  }
  t.diagnostic(`${whole.length + parts.length + 3 + 2 * others.length} of ${whole.length + parts.length + 3 + 2 * others.length} answered exactly`)
})

test('bodies that are too large, too short or something else leave nothing behind', async (t) => {
  await using scene = await openScene()
  const { url, token, node } = scene
  const before = await node.blobs.usage()
  const head = (method: string, path: string, ...headers: readonly string[]): string =>
    [`${method} ${path} HTTP/1.1`, 'host: x', `authorization: Bearer ${token}`, ...headers, '', ''].join('\r\n')
  const blob = `/v1/blobs/${digestOf(Buffer.from('x'))}`
  const json = 'content-type: application/json'
  const refused = [
    head('PUT', blob, `content-length: ${LIMITS.archiveBytes + 1}`), head('PUT', blob, 'transfer-encoding: chunked'),
    `${head('PUT', blob, 'content-length: 1')}y`, head('POST', '/v1/ops', json, `content-length: ${CENTRAL_LIMITS.publishBodyBytes + 1}`),
    `${head('POST', '/v1/ops', 'content-type: text/plain', 'content-length: 2')}{}`,
  ]
  for (const text of refused) {
    const answer = await say(url, text)
    assert.match(answer, /^HTTP\/1\.1 [45]\d\d [^]*"code":"(?:usage|archive-too-large|integrity)"/, text.slice(0, 200))
  }
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
  const bodies = [
    deep, `{"records":${deep}}`, '{"__proto__":{"records":[]}}', '{"records":[]}', '{"records":[null]}', '{"records":["AA=="]}', '',
    `{"records":${JSON.stringify(Array(CENTRAL_LIMITS.opsPerPublish + 1).fill('AA=='))}}`,
  ]
  for (const body of bodies) {
    const answer = await fetch(`${url}/v1/ops`, { method: 'POST', body, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } })
    assert.ok([400, 413, 422].includes(answer.status), `${answer.status} for ${body.slice(0, 40)}`)
    await answer.text()
  }
  const { hostname, port } = new URL(url)
  const half = connect(Number(port), hostname)
  await new Promise<void>((resolve) => half.write(`${head('PUT', blob, 'content-length: 100000')}x`, () => resolve()))
  half.destroy()
  assert.deepEqual(await node.blobs.usage(), before)
  t.diagnostic(`${refused.length + bodies.length + 1} of ${refused.length + bodies.length + 1} refused, 0 bytes more on the disk`)
})

test('a full disk is told, drops nothing that was promised, and ends when there is room', async (t) => {
  await using scene = await openScene()
  const { url, given, node } = scene
  const random = seeded('full')
  assert.equal(await put(scene, random.bytes(QUOTA_BYTES + 1)), 507)
  const uploads: number[] = []
  for (let index = 0; index < 20; index += 1) uploads.push(await put(scene, random.bytes(QUOTA_BYTES / 8)))
  assert.deepEqual(uploads, Array(20).fill(201), 'what was never published makes room')
  assert.ok((await node.blobs.usage()).bytes <= QUOTA_BYTES)
  assert.equal((await fetch(`${url}/v1/blobs/${given.digest}`)).status, 200)
  t.diagnostic('20 uploads of 125 % more than there is room: 1 of 1 promised archives still there')
})

test('the same publish by many at once is one', async (t) => {
  await using scene = await openScene()
  await using elsewhere = await openMarketplace({ hub: memoryHub({ clock: new TestClock() }), clock: new TestClock() })
  const given = await handedOver(elsewhere, await elsewhere.publish(smallPackage('other'), 'bob'))
  const before = scene.node.catalogue.counts().ops
  const uploads = await Promise.all(Array.from({ length: 12 }, () => put(scene, given.archive)))
  assert.ok(uploads.every((status) => status === 200 || status === 201), uploads.join())
  const published = await Promise.all(Array.from({ length: 12 }, () => post(scene, given)))
  assert.deepEqual(published, Array(12).fill(200))
  assert.equal(scene.node.catalogue.counts().ops, before + given.envelopes.length)
  t.diagnostic(`12 of 12 acknowledged, ${given.envelopes.length} records once`)
})
