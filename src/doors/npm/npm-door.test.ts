import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { Events, GgenError } from '#core'
import type { Depot, OpenTarball } from '#depot'
import { Works } from '#doors/http'
import { TestClock } from '#testing'
import { forward } from './forward.ts'
import { lazyNpmDoor } from './lazy-npm-door.ts'
import { isForNpm, NPM_PREFIX, npmDoor } from './npm-door.ts'
import type { PublishDesk } from './publish-desk.ts'
import { sendDocument, sendManifest } from './send-document.ts'
import { readBody, sendError, sendJson, statusOf } from './send.ts'
import { sendTarball } from './send-tarball.ts'
import { assertToken } from './session.ts'

const TOKEN = 'the-token-of-this-node'
const BYTES = Buffer.from('the bytes of an archive')
const DOCUMENT = { name: 'tool', 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': { name: 'tool', version: '1.0.0' } } }

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

interface Asking {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** A door over a canned depot. */
const openDoor = async (context: TestContext, changes: Partial<Depot> = {}) => {
  const asked: { path: string; headers: unknown; body: string }[] = []
  const source = {
    ask: async (question: { path: string; headers: unknown; body?: { chunks: AsyncIterable<Uint8Array> } }) => {
      const body = question.body === undefined ? [] : await Array.fromAsync(question.body.chunks)
      asked.push({ path: question.path, headers: question.headers, body: Buffer.concat(body).toString() })
      const chunks = async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.from('{"said":"upstream"}')
      }
      return { status: 200, header: () => undefined, body: chunks(), cancel: () => undefined }
    },
  }
  const read = async function* (): AsyncGenerator<Uint8Array> {
    yield BYTES
  }
  const tarball: OpenTarball = { brought: () => ({ from: 'disk' }), sizeBytes: BYTES.length, sha512: 'a'.repeat(128) as never, whole: BYTES, read }
  const served: unknown[] = []
  const depot = {
    sources: { usual: () => source }, sourceOf: () => source, isOfNetwork: () => false, search: async () => [], upstreamKeys: async () => [],
    document: async () =>
      ({ bytes: gzipSync(JSON.stringify(DOCUMENT)), encoding: 'gzip', etag: '"e"', modifiedAt: 1_700_000_000_000, ageMs: 1000, freshMs: 300_000 }),
    tarball: async () => tarball,
    noteServed: (one: unknown) => served.push(one),
    ...changes,
  } as unknown as Depot
  const works = new Works()
  const desk: PublishDesk = { publish: async () => ({ state: 'staged' }), say: async () => undefined }
  const parts = { clock: new TestClock(), events: new Events(), token: TOKEN, userName: 'alice', desk }
  const server = createServer(npmDoor({ ...parts, depot, works })).listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const ask = async (path: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<Answer> => {
    const asking = request({ host: '127.0.0.1', port, path: path.startsWith('/') ? path : `${NPM_PREFIX}${path}`, method, headers })
    asking.end(body)
    const [response] = await once(asking, 'response')
    return { status: response.statusCode, headers: response.headers, body: Buffer.concat(await response.toArray()) }
  }
  return { ask, asked, served, port, parts, depot, works }
}

describe('npmDoor', () => {
  it('sends documents packed as the client takes them, and nothing where it has them', async (context) => {
    const { ask } = await openDoor(context)
    const plain = await ask('tool')
    assert.deepEqual([plain.status, JSON.parse(plain.body.toString())], [200, DOCUMENT])
    const packed = await ask('tool', { headers: { 'accept-encoding': 'gzip' } })
    assert.deepEqual([packed.headers['content-encoding'], JSON.parse(gunzipSync(packed.body).toString())], ['gzip', DOCUMENT])
    assert.deepEqual([packed.headers['cache-control'], packed.headers['vary']], ['public, max-age=299', 'accept, accept-encoding, user-agent'])
    for (const headers of [{ 'if-none-match': '"x", W/"e"' }, { 'if-modified-since': new Date(1_700_000_000_000).toUTCString() }]) {
      assert.equal((await ask('tool', { headers })).status, 304)
    }
    assert.equal((await ask('tool', { method: 'HEAD' })).body.length, 0)
  })

  it('sends Brotli where there is some, and says what is stale', async (context) => {
    const { ask } = await openDoor(context, {
      document: async () =>
        ({ bytes: brotliCompressSync(JSON.stringify(DOCUMENT)), encoding: 'br', etag: '"e"', ageMs: 5000, freshMs: 0, stale: 'it is down' }),
    })
    const { headers, body } = await ask('tool', { headers: { 'accept-encoding': 'gzip, br' } })
    assert.deepEqual(JSON.parse(brotliDecompressSync(body).toString()), DOCUMENT)
    assert.deepEqual([headers['warning'], headers['age'], headers['cache-control']], ['110 ggen "it is down"', '5', 'public, max-age=0'])
  })

  it('sends one version, by its number or its tag', async (context) => {
    const { ask } = await openDoor(context)
    for (const version of ['1.0.0', 'latest']) assert.equal(JSON.parse((await ask(`tool/${version}`)).body.toString()).version, '1.0.0')
    assert.equal((await ask('tool/2.0.0')).status, 404)
  })

  it('sends archives, whole or in part, and remembers where they came from', async (context) => {
    const { ask, served } = await openDoor(context)
    const path = 'tool/-/tool-1.0.0.tgz'
    const whole = await ask(path, { headers: { 'user-agent': 'npm/12.2.2 node/v24' } })
    assert.deepEqual([whole.status, whole.body.toString(), whole.headers['content-length']], [200, BYTES.toString(), String(BYTES.length)])
    const part = await ask(path, { headers: { range: 'bytes=4-8' } })
    assert.deepEqual([part.status, part.body.toString(), part.headers['content-range']], [206, 'bytes', `bytes 4-8/${BYTES.length}`])
    assert.equal((await ask(path, { headers: { range: 'bytes=999-' } })).status, 416)
    assert.equal((await ask(`/${path}`)).body.toString(), BYTES.toString())
    assert.equal((await ask(path, { headers: { 'if-none-match': String(whole.headers['etag']) } })).status, 304)
    const { client, from, bytes } = served[0] as { client: string; from: string; bytes: number }
    assert.deepEqual([client, from, bytes], ['npm', 'disk', BYTES.length])
  })

  it('says what is wrong in the words that clients print, and breaks off what it cannot end', async (context) => {
    const { ask, served } = await openDoor(context, {
      tarball: async () => {
        throw new GgenError('integrity', 'it is another one')
      },
    })
    const wrong = await ask('tool/-/tool-1.0.0.tgz')
    assert.equal(wrong.status, 422)
    assert.match(JSON.parse(wrong.body.toString()).error, /it is another one/)
    assert.match(JSON.stringify(served), /nowhere.*integrity: it is another one/)
    const breaks: OpenTarball = {
      brought: () => ({ from: 'upstream' }),
      read: () => (async function* () {
        yield BYTES
        throw new GgenError('integrity', 'wrong after all')
      })(),
    }
    const { ask: askBroken } = await openDoor(context, { tarball: async () => breaks })
    await assert.rejects(askBroken('tool/-/tool-1.0.0.tgz'))
  })

  it('hands on what only the upstream knows, without the credentials that a client shows here', async (context) => {
    const { ask, asked } = await openDoor(context)
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
    const audit = await ask('-/npm/v1/security/advisories/bulk', { method: 'POST', headers, body: '{"a":["1.0.0"]}' })
    assert.equal(audit.body.toString(), '{"said":"upstream"}')
    for (const path of ['-/v1/search?text=x', '-/package/tool/dist-tags', '-/npm/v1/attestations/tool@1.0.0']) await ask(path, { headers })
    assert.deepEqual(asked.map(({ path }) => path), [
      '-/npm/v1/security/advisories/bulk', '-/v1/search?text=x', '-/package/tool/dist-tags', '-/npm/v1/attestations/tool@1.0.0',
    ])
    assert.equal(asked[0]?.body, '{"a":["1.0.0"]}')
    assert.doesNotMatch(JSON.stringify(asked), new RegExp(TOKEN))
  })

  it('lets no install fail because weaknesses cannot be asked for', async (context) => {
    const down = { ask: async () => Promise.reject(new GgenError('registry-unreachable', 'down')) }
    const { ask } = await openDoor(context, { sources: { usual: () => down } as never })
    const json = { 'content-type': 'application/json' }
    assert.deepEqual(JSON.parse((await ask('-/npm/v1/security/advisories/bulk', { method: 'POST', headers: json, body: '{}' })).body.toString()), {})
    assert.equal((await ask('-/npm/v1/attestations/tool@1.0.0')).status, 404)
    assert.equal((await ask('-/npm/v1/keys')).status, 502)
    assert.deepEqual(JSON.parse((await ask('-/v1/search?text=x')).body.toString()).objects, [])
  })

  it('knows its user by the token alone, and changes nothing of an upstream', async (context) => {
    const { ask } = await openDoor(context)
    const bearer = { authorization: `Bearer ${TOKEN}` }
    assert.deepEqual(JSON.parse((await ask('-/whoami', { headers: bearer })).body.toString()), { username: 'alice' })
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: `Basic ${TOKEN}` }]) {
      assert.equal((await ask('-/whoami', { headers })).status, 401)
    }
    const json = { 'content-type': 'application/json' }
    const login = (password: string) => ask('-/user/org.couchdb.user:alice', { method: 'PUT', headers: json, body: JSON.stringify({ password }) })
    assert.deepEqual([(await login(TOKEN)).status, (await login('guess')).status], [201, 401])
    assert.equal((await ask('-/ping')).status, 200)
    assert.equal((await ask('tool', { method: 'PUT', body: '{}' })).status, 401)
    const put = await ask('tool', { method: 'PUT', headers: bearer, body: '{}' })
    assert.equal(put.status, 403)
    assert.match(put.body.toString(), /belongs to the upstream/)
    // npm says that a package is gone when it is told 404.
    for (const path of ['tool/-rev/1', 'tool/-/tool-1.0.0.tgz/-rev/1', '-/package/tool/dist-tags/beta']) {
      assert.equal((await ask(path, { method: 'DELETE', headers: bearer })).status, 403, path)
    }
    assert.equal((await ask('-/npm/v1/tokens')).status, 404)
  })

  it('is misdirected under every other name of this machine', async (context) => {
    const { ask, port } = await openDoor(context)
    assert.equal((await ask('tool', { headers: { host: `evil.example:${port}` } })).status, 421)
    assert.equal((await ask('tool', { headers: { origin: 'http://evil.example' } })).status, 403)
  })
})

describe('isForNpm', () => {
  it('knows what is asked below the door, and archives that are asked for where the upstream has them', () => {
    const paths = ['/npm/', '/npm/tool', '/tool/-/tool-1.0.0.tgz', '/@a/b/-/b-1.0.0.tgz', '/v1/status', '/tool', '/npmx', '/x?y=/-/z.tgz']
    assert.deepEqual(paths.map(isForNpm), [true, true, true, true, false, false, false, false])
  })
})

describe('lazyNpmDoor', () => {
  it('opens the depot with the first request, and says why it cannot', async (context) => {
    const { parts, depot, works } = await openDoor(context)
    let opened = 0
    const listener = lazyNpmDoor({
      ...parts,
      openDepot: async () => {
        opened += 1
        if (opened === 1) throw new GgenError('config-invalid', 'no registry is configured')
        return depot
      },
    })(works)
    const server = createServer(listener).listen(0, '127.0.0.1')
    await once(server, 'listening')
    context.after(() => {
      server.closeAllConnections()
      server.close()
    })
    const { port } = server.address() as AddressInfo
    assert.equal(opened, 0)
    const statuses = []
    for (let count = 0; count < 2; count += 1) statuses.push((await fetch(`http://127.0.0.1:${port}/npm/-/ping`)).status)
    assert.deepEqual(statuses, [400, 200])
  })
})

describe('The parts of the door', () => {
  it('say by a status that clients live with what is wrong', () => {
    const codes = ['integrity', 'too-busy', 'package-not-found', 'registry-unreachable', 'denied'] as const
    assert.deepEqual(codes.map((code) => statusOf(new GgenError(code, 'x'))), [422, 503, 404, 502, 403])
    for (const part of [forward, sendDocument, sendManifest, sendTarball, sendJson, sendError, readBody]) assert.equal(typeof part, 'function')
  })

  it('know the token', () => {
    assert.throws(() => assertToken({ headers: { authorization: 'Bearer x' } }, TOKEN), (error) => error instanceof GgenError && error.code === 'token-missing')
    assert.doesNotThrow(() => assertToken({ headers: { authorization: `bearer ${TOKEN}` } }, TOKEN))
  })
})
