import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fastify } from 'fastify'
import { type NpmBroughtReply, type NpmProbeReply, type NpmServedReply, ROUTES } from '#doors/control'
import { codeError, Works } from '#doors/http'
import { addNpmRoutes } from './npm-routes.ts'
import type { NpmView } from './npm-view.ts'

const REPLY = { url: 'http://127.0.0.1:4003/npm/', upstreams: ['https://r.example/'], scopes: [], cacheBytes: 7, token: 'hush' }
const UPLOAD = { id: 'ab', name: 'tool', version: '1.0.0', sizeBytes: 3, at: 1, path: '/x' }
const SERVED: NpmServedReply['served'] = [{ at: 5, name: 'a', version: '1.0.0', from: 'disk', bytes: 3, firstByteMs: 1, durationMs: 2, client: 'npm' }]

const PROBED: NpmProbeReply = {
  name: 'a', wanted: '^1', route: { upstream: 'https://r.example/', by: 'registry', isPrivate: false }, upstream: { state: 'has-not' }, peers: [],
  signatures: 'unchecked', verdict: { from: 'nowhere', why: 'no-such-package', canChoose: false },
}

const fail = (): never => assert.fail('nobody asks that')
const NO_VIEW: NpmView = {
  describe: fail, servedIn: fail, addressesOf: fail, bring: fail, probe: fail, uploads: fail, removeUpload: fail, keep: fail, copies: fail, kept: fail,
  unkeep: fail,
}

const appWith = (npm: NpmView | undefined) => {
  const app = fastify()
  app.setErrorHandler((error, _request, reply) => {
    const coded = codeError(error)
    void reply.status(coded.kind.httpStatus).send({ error: coded })
  })
  addNpmRoutes(app, npm, new Works())
  return app
}

describe('the routes of the door for npm', () => {
  it('tell where it is, and what it served lately', async () => {
    const [asked, removed]: [unknown[], string[]] = [[], []]
    const app = appWith({
      ...NO_VIEW, describe: async () => REPLY, servedIn: async (agoMs) => (asked.push(agoMs), SERVED), addressesOf: async (all) => all.map(({ name }) => name),
      uploads: async () => [UPLOAD], removeUpload: async (id) => void removed.push(id),
    })
    assert.deepEqual((await app.inject({ method: 'GET', url: ROUTES.npmUploads })).json(), { uploads: [UPLOAD] })
    assert.deepEqual((await app.inject({ method: 'POST', url: ROUTES.npmUploadRemove, payload: { id: 'ab' } })).json(), {})
    assert.deepEqual(removed, ['ab'])
    assert.deepEqual((await app.inject({ method: 'GET', url: ROUTES.npm })).json(), REPLY)
    assert.deepEqual((await app.inject({ method: 'POST', url: ROUTES.npmServed, payload: { agoMs: 4 } })).json(), { served: SERVED })
    assert.deepEqual(asked, [4])
    for (const payload of [{}, { agoMs: -1 }, { agoMs: 'x' }, { agoMs: 1, more: 1 }, []]) {
      const refused = await app.inject({ method: 'POST', url: ROUTES.npmServed, payload })
      assert.deepEqual([refused.statusCode, refused.json<{ error: { code: string } }>().error.code], [400, 'usage'], JSON.stringify(payload))
    }
    const packages = [{ name: 'a', version: '1.0.0' }, { name: '@s/b', version: '2.0.0' }]
    assert.deepEqual((await app.inject({ method: 'POST', url: ROUTES.npmAddresses, payload: { packages } })).json(), { addresses: ['a', '@s/b'] })
    for (const payload of [{}, { packages: [{ name: 'a' }] }, { packages: Array.from({ length: 1001 }, () => packages[0]) }]) {
      assert.equal((await app.inject({ method: 'POST', url: ROUTES.npmAddresses, payload })).statusCode, 400)
    }
    await app.close()
  })

  it('tell where a package would come from', async () => {
    const asked: string[] = []
    const app = appWith({ ...NO_VIEW, probe: async (spec) => (asked.push(spec), PROBED) })
    const probe = async (payload: object) => await app.inject({ method: 'POST', url: ROUTES.npmProbe, payload })
    assert.deepEqual([(await probe({ spec: 'a@^1' })).json(), asked], [PROBED, ['a@^1']])
    for (const payload of [{}, { spec: 1 }, { spec: 'a', more: 1 }]) assert.equal((await probe(payload)).statusCode, 400)
    await app.close()
  })

  it('bring archives here', async () => {
    const brought: NpmBroughtReply = { sha512: 'x', digest: 'y', sizeBytes: 1, from: 'peer', givers: [{ peer: 'p', bytes: 1 }] }
    const app = appWith({ ...NO_VIEW, bring: async ({ name }) => ({ ...brought, digest: name }) })
    const bring = async (payload: object) => await app.inject({ method: 'POST', url: ROUTES.npmBring, payload })
    assert.deepEqual((await bring({ name: 'a', version: '1.0.0', integrity: 'sha512-x' })).json(), { ...brought, digest: 'a' })
    for (const payload of [{}, { name: 'a' }, { name: 'a', version: 1 }, { name: 'a', version: '1.0.0', more: 1 }]) {
      assert.equal((await bring(payload)).statusCode, 400)
    }
    await app.close()
  })

  it('keep what lock files need, here and at peers', async () => {
    const asked: unknown[] = []
    const sha512 = 'a'.repeat(128)
    const health = { wanted: 3, lowest: 1, share: 0, peers: [{ peer: 'p', archives: 1 }] }
    const app = appWith({
      ...NO_VIEW,
      keep: async (question) => (asked.push(question), { archives: 1, bytes: 2, missing: [] }),
      copies: async (question) => (asked.push(question), health),
      kept: async () => [{ lockfile: '/l', archives: 1, bytes: 2, since: 3 }],
      unkeep: async (lockfile) => lockfile === '/l',
    })
    const post = async (url: string, payload: object) => await app.inject({ method: 'POST', url, payload })
    const keep = { lockfile: '/l', tarballs: [sha512], replicas: 3 }
    const copies = { lockfile: '/l', waitMs: 5 }
    assert.deepEqual((await post(ROUTES.npmKeep, keep)).json(), { archives: 1, bytes: 2, missing: [] })
    assert.deepEqual((await post(ROUTES.npmCopies, copies)).json(), health)
    assert.deepEqual((await app.inject({ method: 'GET', url: ROUTES.npmKept })).json(), { kept: [{ lockfile: '/l', archives: 1, bytes: 2, since: 3 }] })
    assert.deepEqual((await post(ROUTES.npmUnkeep, { lockfile: '/l' })).json(), { dropped: true })
    assert.deepEqual(asked, [keep, copies])
    for (const change of [{ lockfile: '' }, { tarballs: ['x'] }, { tarballs: null }, { replicas: 0 }]) {
      assert.equal((await post(ROUTES.npmKeep, { ...keep, ...change })).statusCode, 400)
    }
    for (const change of [{ lockfile: '' }, { waitMs: 0 }, { tarballs: [sha512] }]) {
      assert.equal((await post(ROUTES.npmCopies, { ...copies, ...change })).statusCode, 400)
    }
    await app.close()
  })

  it('say how to have one where the node has none', async () => {
    const app = appWith(undefined)
    const questions = [
      { method: 'GET', url: ROUTES.npm }, { method: 'POST', url: ROUTES.npmServed, payload: { agoMs: 0 } },
      { method: 'POST', url: ROUTES.npmAddresses, payload: { packages: [] } }, { method: 'POST', url: ROUTES.npmProbe, payload: { spec: 'a' } },
      { method: 'POST', url: ROUTES.npmBring, payload: { name: 'a', version: '1.0.0' } },
    ] as const
    for (const question of questions) {
      const answer = await app.inject(question)
      const { error } = answer.json<{ error: { code: string; hint: string } }>()
      assert.deepEqual([answer.statusCode, error.code], [404, 'no-npm-door'])
      assert.match(error.hint, /--http-port/)
    }
    await app.close()
  })
})
