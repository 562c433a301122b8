import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ERRORS, Events, GgenError, isErrorCode } from '#core'
import { ROUTES } from '#doors/control'
import { memoryHub } from '#network'
import type { Marketplace } from '#marketplace'
import { temporaryFolder, TestClock } from '#testing'
import { buildApp } from './build-app.ts'
import { Works } from '#doors/http'

const ID = `bafyrei${'a'.repeat(52)}`
const PEER = `12D3Koo${'W'.repeat(45)}`
const RUNS = 10_000

interface Request {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly type: string
}

/** A marketplace that has nothing, and says so. */
const nothing = (): Promise<never> => Promise.reject(new GgenError('package-not-found', 'there is none'))
const marketplace: Marketplace = {
  prepare: nothing, commit: nothing, search: nothing, info: nothing, sources: nothing, plan: nothing, fetch: nothing,
  watch: () => { throw new GgenError('no-catalogue', 'there is none') },
  read: async function* () { yield* []; await nothing() },
  status: async () => ({
    packages: 0, releases: 0, blobs: 0, catalogue: { ops: 0, fingerprint: '00' }, freshness: 'alone', evidence: { peers: 0, networks: 0, proven: false },
  }),
  peerScore: () => 0.5,
  speaking: { prepare: nothing, commit: nothing, chainOf: async () => [], staged: async () => [], prepareApproval: nothing, approve: nothing },
  trusting: { names: async () => [], add: nothing, remove: nothing, why: nothing },
  following: { followed: async () => [], follow: nothing, unfollow: nothing, blocked: async () => [], block: nothing, unblock: nothing },
  keeping: { pin: nothing, unpin: nothing, pins: async () => [], replicate: nothing, usage: nothing, clear: nothing, check: nothing },
}

const bodies = fc.oneof(
  fc.json(),
  fc.string(),
  fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc.oneof(
    fc.record({ words: fc.array(fc.string()), category: fc.string(), tags: fc.array(fc.string()), limit: fc.integer() }, { requiredKeys: [] }),
    fc.record({ spec: fc.oneof(fc.string(), fc.constantFrom('a', 'a@^1', `@${ID}/a`)), sources: fc.boolean() }, { requiredKeys: ['spec'] }),
    fc.record({
      wanted: fc.array(fc.record({ spec: fc.constantFrom('a', 'b@^1', '@') })), locked: fc.array(fc.record({ name: fc.string() })), update: fc.string(),
    }, { requiredKeys: ['wanted', 'locked'] }),
    fc.record({ spec: fc.constantFrom('a', `@${ID}/a@1.0.0`), replicas: fc.integer(), waitMs: fc.integer() }),
    fc.record({ up: fc.option(fc.integer()), down: fc.option(fc.nat()), reset: fc.boolean() }, { requiredKeys: [] }),
    fc.record({ subject: fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.constant(PEER)), reason: fc.string(), forMs: fc.nat() }, { requiredKeys: ['subject'] }),
    fc.record({ peer: fc.constantFrom(PEER, 'x') }),
    fc.record({ intent: fc.constantFrom(ID, 'x'), signatures: fc.array(fc.record({ key: fc.string(), signature: fc.base64String() })) }),
    fc.record({ identity: fc.constant(ID), chain: fc.array(fc.base64String()), feed: fc.string(), statement: fc.record({ type: fc.constant('roles') }) }),
    fc.record({ path: fc.string(), identity: fc.constantFrom(ID, 'x'), chain: fc.array(fc.base64String()), feed: fc.string() }),
  ).map((body) => JSON.stringify(body)),
)

describe('the control application', () => {
  it(`answers ${RUNS} arbitrary requests with coded errors only, and stays up`, async () => {
    await using folder = await temporaryFolder()
    const socketPath = join(folder.path, 's')
    const network = memoryHub({ clock: new TestClock() }).join()
    const limits = { limits: () => ({}), rates: () => ({ up: 0, down: 0 }), change: async () => undefined, reset: async () => undefined }
    const sources = { marketplace, network, limits, events: new Events(), version: '0', uptimeSeconds: () => 0, stop: () => undefined }
    const server = await buildApp(sources, new Works(), (listener) => createServer(listener))
    server.listen(socketPath)
    await once(server, 'listening')
    const agent = new Agent({ keepAlive: true })

    const ask = async ({ method, path, body, type }: Request): Promise<{ status: number; text: string }> => {
      const asked = request({ socketPath, agent, method, path, headers: { 'content-type': type, 'content-length': Buffer.byteLength(body) } })
      asked.end(body)
      const [answer] = (await once(asked, 'response')) as [IncomingMessage]
      return { status: answer.statusCode ?? 0, text: Buffer.concat(await answer.toArray()).toString() }
    }

    const paths = fc.oneof(
      fc.constantFrom(ROUTES.replicate, ROUTES.pins, ROUTES.pin, ROUTES.unpin),
      fc.constantFrom(ROUTES.search, ROUTES.info, ROUTES.prepare, ROUTES.commit, ROUTES.fetch, ROUTES.stop),
      fc.constantFrom(ROUTES.bans, ROUTES.ban, ROUTES.unban, ROUTES.allow, ROUTES.disallow),
      fc.constantFrom(ROUTES.status, ROUTES.peers, ROUTES.health, ROUTES.limits),
      fc.webQueryParameters().map((query) => `${ROUTES.watch}?${query}`),
      fc.record({ words: fc.string(), names: fc.string(), types: fc.constantFrom('release', 'x'), since: fc.nat().map(String) }, { requiredKeys: [] })
        .map((query) => `${ROUTES.watch}?${new URLSearchParams(query).toString()}`),
      fc.webPath().map((path) => `${ROUTES.blobs}${path.startsWith('/') ? path : `/${path}`}`),
      fc.webPath().map((path) => (path.startsWith('/') ? path : `/${path}`)),
    )
    const types = fc.constantFrom('application/json', 'application/json', 'application/json', 'text/plain', 'application/json; charset=utf-16', 'x')
    const requests = fc.record({ method: fc.constantFrom('POST', 'POST', 'GET', 'PUT'), path: paths, body: bodies, type: types })
    await fc.assert(fc.asyncProperty(requests, async (question) => {
      fc.pre(question.path !== ROUTES.events)
      const { status, text } = await ask({ ...question, body: question.method === 'GET' ? '' : question.body })
      const { error } = JSON.parse(text) as { error?: { code?: unknown } }
      if (status === 200) return
      assert.ok(isErrorCode(error?.code), text)
      assert.equal(status, ERRORS[error.code].httpStatus)
      assert.notEqual(error.code, 'internal', text)
    }), { numRuns: RUNS })

    assert.equal((await ask({ method: 'GET', path: ROUTES.health, body: '', type: 'x' })).status, 200)
    agent.destroy()
    server.close()
    await once(server, 'close')
  })
})
