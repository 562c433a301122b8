import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fastify } from 'fastify'
import { ROUTES } from '#doors/control'
import type { Keeping } from '#marketplace'
import { addCacheRoutes } from './cache-routes.ts'
import { Works } from '#doors/http'

test('The bytes of a node are shown, dropped and hashed over its socket', async () => {
  const keeping: Partial<Keeping> = {
    usage: async () => ({ count: 1, bytes: 2, partialBytes: 0, kept: { count: 0, bytes: 0 } }),
    clear: async () => ({ count: 3, bytes: 4 }),
    check: async () => ({ count: 5, bytes: 6, damaged: [] }),
  }
  const app = fastify()
  addCacheRoutes(app, keeping as Keeping, new Works())
  const ask = async (method: 'GET' | 'POST', url: string): Promise<unknown> =>
    (await app.inject({ method, url, ...(method === 'POST' && { payload: {} }) })).json()
  assert.deepEqual(await ask('GET', ROUTES.cache), { count: 1, bytes: 2, partialBytes: 0, kept: { count: 0, bytes: 0 } })
  assert.deepEqual(await ask('POST', ROUTES.cacheClear), { count: 3, bytes: 4 })
  assert.deepEqual(await ask('POST', ROUTES.cacheVerify), { count: 5, bytes: 6, damaged: [] })
  await app.close()
})
