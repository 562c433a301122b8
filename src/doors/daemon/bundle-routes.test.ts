import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fastify } from 'fastify'
import { type BundleReply, ROUTES, type TakenBundleReply } from '#doors/control'
import { codeError, Works } from '#doors/http'
import { addBundleRoutes } from './bundle-routes.ts'
import type { BundleView } from './bundle-view.ts'

const MADE: BundleReply = { path: '/x', sizeBytes: 1, registries: [], releases: 0, left: [], leftOutCount: 0 }
const TAKEN: TakenBundleReply = { madeAtMs: 1, registries: [], releases: [], left: [], undocumented: [], sizeBytes: 2 }

const appWith = (bundles: BundleView | undefined) => {
  const app = fastify()
  app.setErrorHandler((error, _request, reply) => {
    const coded = codeError(error)
    void reply.status(coded.kind.httpStatus).send({ error: coded })
  })
  addBundleRoutes(app, bundles, new Works())
  return app
}

test('bundles are made and taken over the socket of a node', async () => {
  const asked: unknown[] = []
  const app = appWith({
    make: async (question) => (asked.push(question), MADE),
    take: async (question) => (asked.push(question), TAKEN),
  })
  const questions = [
    [ROUTES.bundleMake, { lockfiles: [{ path: 'ggen.lock', text: 'x' }], path: '/x', withPrivate: false }, MADE],
    [ROUTES.bundleTake, { path: '/x', trustKeys: true }, TAKEN],
  ] as const
  for (const [url, payload, reply] of questions) {
    assert.deepEqual((await app.inject({ method: 'POST', url, payload })).json(), reply)
    for (const wrong of [{ ...payload, path: 'relative' }, { ...payload, more: 1 }, { path: '/x' }]) {
      const refused = await app.inject({ method: 'POST', url, payload: wrong })
      assert.deepEqual([refused.statusCode, refused.json<{ error: { code: string } }>().error.code], [400, 'usage'], JSON.stringify(wrong))
    }
  }
  assert.deepEqual(asked, questions.map(([, payload]) => payload))
  await app.close()
})

test('a node that has no bundles says so', async () => {
  const app = appWith(undefined)
  assert.equal((await app.inject({ method: 'POST', url: ROUTES.bundleTake, payload: { path: '/x', trustKeys: true } })).statusCode, 400)
  await app.close()
})
