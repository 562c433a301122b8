import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fastify } from 'fastify'
import { parseBanSubject, parsePeerId } from '#core'
import { ROUTES } from '#doors/control'
import { Works } from '#doors/http'
import { memoryHub } from '#network'
import { TestClock } from '#testing'
import { addAccessRoutes } from './access-routes.ts'

const PEER = parsePeerId(`12D3Koo${'W'.repeat(45)}`)
const HOST = parseBanSubject('192.0.2.7')

describe('addAccessRoutes', () => {
  it('changes who is banned and who is allowed, and says who is', async () => {
    const hub = memoryHub({ clock: new TestClock() })
    const network = hub.join()
    const app = fastify()
    addAccessRoutes(app, network, new Works())
    const post = async (url: string, payload: object): Promise<unknown> => (await app.inject({ method: 'POST', url, payload })).json()
    const lists = async (): Promise<unknown> => (await app.inject(ROUTES.bans)).json()
    const [ban, allowed] = [await post(ROUTES.ban, { subject: HOST, forMs: 60_000, reason: 'spam' }), await post(ROUTES.allow, { peer: PEER })]
    const since = new TestClock().now()
    assert.deepEqual(ban, { subject: HOST, reason: 'spam', by: 'user', since, forMs: 60_000, count: 0 })
    assert.deepEqual(allowed, { peer: PEER, since })
    assert.deepEqual(await lists(), { bans: [{ ...ban, remainingMs: 60_000 }], allowed: [allowed] })
    assert.deepEqual(await post(ROUTES.unban, { subject: HOST }), { unbanned: HOST })
    assert.deepEqual(await post(ROUTES.disallow, { peer: PEER }), { disallowed: PEER })
    assert.deepEqual(await lists(), { bans: [], allowed: [] })
    for (const [route, question] of [[ROUTES.unban, { subject: HOST }], [ROUTES.disallow, { peer: PEER }]] as const) {
      assert.equal((await post(route, question) as { code?: unknown }).code, 'not-listed')
    }
  })

  it('connects to a node where it is said to be, in either spelling', async () => {
    const hub = memoryHub({ clock: new TestClock() })
    const [network, other] = [hub.join(), hub.join()]
    const app = fastify()
    addAccessRoutes(app, network, new Works())
    const connect = async (address: string): Promise<unknown> => (await app.inject({ method: 'POST', url: ROUTES.connect, payload: { address } })).json()
    const [address = ''] = other.addresses()
    const place = address.replace(/\/p2p\/.*/, '')
    for (const text of [address, `${other.self}@${place}`]) assert.deepEqual(await connect(text), { peer: other.self, address })
    assert.deepEqual(network.peers().map(({ peer }) => peer), [other.self])
    assert.equal((await connect('nowhere') as { code?: unknown }).code, 'address-invalid')
  })
})
