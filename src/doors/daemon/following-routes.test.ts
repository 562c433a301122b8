import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fastify } from 'fastify'
import type { IdentityId } from '#core'
import type { Following } from '#marketplace'
import { addFollowingRoutes } from './following-routes.ts'
import { Works } from '#doors/http'

const ID = `bafyrei${'a'.repeat(52)}` as IdentityId

test('Every route hands its question on, and a malformed one to nobody', async () => {
  const heard: unknown[] = []
  const following = {
    followed: async () => [], blocked: async () => [],
    follow: async (identity: IdentityId) => (heard.push(['follow', identity]), { identity, since: 1 }),
    unfollow: async (identity: IdentityId) => (heard.push(['unfollow', identity]), { identity, since: 1 }),
    block: async (identity: IdentityId) => (heard.push(['block', identity]), { identity, since: 1 }),
    unblock: async (identity: IdentityId) => (heard.push(['unblock', identity]), { identity, since: 1 }),
  } as unknown as Following
  const app = fastify()
  addFollowingRoutes(app, following, new Works())
  const post = async (url: string, payload: object): Promise<number> => (await app.inject({ method: 'POST', url, payload })).statusCode
  for (const verb of ['follow', 'unfollow', 'block', 'unblock']) {
    assert.equal(await post(`/v1/${verb}`, { identity: ID }), 200, verb)
    assert.notEqual(await post(`/v1/${verb}`, { identity: 'x' }), 200, verb)
  }
  assert.deepEqual(heard, ['follow', 'unfollow', 'block', 'unblock'].map((verb) => [verb, ID]))
  for (const url of ['/v1/followed', '/v1/blocked']) assert.equal((await app.inject({ method: 'GET', url })).statusCode, 200)
})
