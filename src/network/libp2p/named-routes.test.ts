import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitNamedRoutes } from './named-routes.ts'
import { PEER_STORE } from './settings.ts'

const asked = peerIdFromString('12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN')
const named = peerIdFromString('12D3KooWRBhwfeP2Y4TCx1SM6s9rUoHhR5STiGwxBhgFRcw3UERE')
const [PUBLIC, PRIVATE] = [multiaddr('/ip4/8.8.8.8/tcp/1'), multiaddr('/ip4/10.0.0.1/tcp/1')]

interface Answer {
  readonly name: string
  readonly closer: { readonly id: typeof asked; readonly multiaddrs: (typeof PUBLIC)[] }[]
}

/** The DHT of the library, as far as it matters here. */
const fakeDht = (answers: () => readonly Answer[]) => {
  const told: string[] = []
  const network = {
    safeDispatchEvent: (type: string, event: CustomEvent<{ multiaddrs: unknown[] }>): boolean => told.push(`${type} ${event.detail.multiaddrs.join()}`) > 0,
    sendRequest: async function* (): AsyncGenerator<Answer> {
      for (const answer of answers()) {
        for (const detail of answer.closer) network.safeDispatchEvent('peer', new CustomEvent('peer', { detail }))
        yield answer
      }
    } as (...request: unknown[]) => AsyncGenerator<Answer>,
  }
  return { told, network }
}

test('Of an answer only what its giver may name reaches the lookup and the listeners, and the same once a minute', async () => {
  const answer = (): Answer[] => [{ name: 'PEER_RESPONSE', closer: [{ id: named, multiaddrs: [PUBLIC, PRIVATE] }] }, { name: 'OTHER', closer: [] }]
  const dht = fakeDht(answer)
  let nowMs = 0
  limitNamedRoutes(dht, { nowMs: () => nowMs, hear: (from, addresses) => (from.equals(asked) ? addresses.filter((each) => each === PUBLIC) : addresses) })
  const [response, other] = await Array.fromAsync(dht.network.sendRequest(asked, {}, {}))
  assert.deepEqual(response?.closer, [{ id: named, multiaddrs: [PUBLIC] }])
  assert.deepEqual([other?.name, dht.told], ['OTHER', [`peer ${String(PUBLIC)}`]])
  await Array.fromAsync(dht.network.sendRequest(asked, {}, {}))
  assert.equal(dht.told.length, 1)
  await Array.fromAsync(dht.network.sendRequest(named, {}, {}))
  assert.deepEqual(dht.told.slice(1), [`peer ${String(PUBLIC)},${String(PRIVATE)}`], 'with other addresses it is news')
  nowMs = PEER_STORE.recentMs
  await Array.fromAsync(dht.network.sendRequest(named, {}, {}))
  assert.equal(dht.told.length, 3)
  dht.network.safeDispatchEvent('other', new CustomEvent('other', { detail: { multiaddrs: [] } }))
  assert.equal(dht.told.at(-1), 'other ')
})

test('An answer names a few peers', async () => {
  const dht = fakeDht(() => [{ name: 'PEER_RESPONSE', closer: Array.from({ length: 1000 }, () => ({ id: named, multiaddrs: [PUBLIC] })) }])
  limitNamedRoutes(dht, { nowMs: () => 0, hear: (_from, addresses) => addresses })
  const [response] = await Array.fromAsync(dht.network.sendRequest(asked, {}, {}))
  assert.equal(response?.closer.length, PEER_STORE.peersPerAnswer)
})

test('A DHT of another make is noticed at once', () => {
  assert.throws(() => limitNamedRoutes({}, { nowMs: () => 0, hear: (_from, addresses) => addresses }), assert.AssertionError)
})
