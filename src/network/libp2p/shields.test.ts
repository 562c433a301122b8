import type { PeerStore, StreamHandler } from '@libp2p/interface'
import { peerDiscoverySymbol } from '@libp2p/interface'
import type { KadDHTComponents } from '@libp2p/kad-dht'
import { streamPair } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { peerIdFromString } from '@libp2p/peer-id'
import { until } from '#testing'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PEER_STORE } from './settings.ts'
import { capAddresses, limitStreams, overriding, shielded, withoutDiscovery } from './shields.ts'

const peer = peerIdFromString('12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN')
const addresses = (count: number): ReturnType<typeof multiaddr>[] => Array.from({ length: count }, (_, index) => multiaddr(`/ip4/10.0.0.${index}/tcp/1`))

class Counter {
  #count = 0
  name = 'real'
  add(): number {
    return (this.#count += 1)
  }
}

test('An override replaces a member, the rest works on the original and its private fields', () => {
  const real = new Counter()
  const other = overriding(real, { name: 'other' })
  assert.deepEqual([other.name, other.add(), real.add(), real.name], ['other', 1, 2, 'real'])
})

test('A shielded part gets the replaced components and the others as they are', () => {
  const make = shielded((components: { readonly a: number; readonly b: number }) => [components.a, components.b], ({ a }) => ({ a: a * 10 }))
  assert.deepEqual(make({ a: 1, b: 2 }), [10, 2])
})

test('A part without discovery is not asked for finds', () => {
  const part = { [peerDiscoverySymbol]: true, start: () => 'started' }
  assert.deepEqual([withoutDiscovery(part)[peerDiscoverySymbol], withoutDiscovery(part).start()], [undefined, 'started'])
})

/** The handler that a registrar was given, behind the limits. */
const limited = async (limits: Parameters<typeof limitStreams>[1], handler: StreamHandler): Promise<StreamHandler> => {
  const taken = Promise.withResolvers<StreamHandler>()
  const registrar = { handle: async (_protocol: string, given: StreamHandler) => taken.resolve(given) } as unknown as KadDHTComponents['registrar']
  await limitStreams(registrar, limits).handle('/x', handler)
  return taken.promise
}

const connection = { remotePeer: peer, remoteAddr: multiaddr('/ip4/8.8.8.8/tcp/1') } as unknown as Parameters<StreamHandler>[1]

test('A peer that opens too many streams is cut off, others are not asked to pay', async () => {
  let handled = 0
  const handler = await limited({ mayOpen: (caller) => caller.peer === peer.toString() && caller.host === '8.8.8.8' && handled < 1 }, () => void (handled += 1))
  const [[, first], [, second]] = [await streamPair(), await streamPair()]
  await handler(first, connection)
  await handler(second, connection)
  assert.deepEqual([handled, first.status, second.status], [1, 'open', 'aborted'])
})

test('A stream that carries more than its bytes is aborted', async () => {
  const handler = await limited({ mayOpen: () => true, bytes: 1000 }, (stream) => stream.addEventListener('message', () => undefined))
  const [out, inbound] = await streamPair()
  await handler(inbound, connection)
  out.send(new Uint8Array(600))
  out.send(new Uint8Array(600))
  await until('the stream is aborted', () => inbound.status === 'aborted')
})

/** An address book that remembers what it was told last. */
const book = (known: number): { readonly peerStore: PeerStore; readonly told: { count: number | undefined } } => {
  const told: { count: number | undefined } = { count: undefined }
  const keep = async (_id: unknown, data: { multiaddrs?: unknown[]; addresses?: unknown[] }): Promise<void> => {
    told.count = (data.multiaddrs?.length ?? 0) + (data.addresses?.length ?? 0)
  }
  const peerStore = { has: async () => known > 0, get: async () => ({ addresses: addresses(known) }), merge: keep, patch: keep, save: keep }
  return { peerStore: peerStore as unknown as PeerStore, told }
}

test('The address book takes a few addresses, counting those it has', async () => {
  for (const [known, offered, expected] of [[0, 3, 3], [0, 20_000, PEER_STORE.addressesPerPeer], [6, 20_000, 2], [8, 1, 0], [30, 5, 0]] as const) {
    const { peerStore, told } = book(known)
    await capAddresses(peerStore).merge(peer, { multiaddrs: addresses(offered % 256 || 255) })
    assert.equal(told.count, expected, `${known} known, ${offered} offered`)
  }
})

test('Replacing addresses takes a few, and long ones never', async () => {
  const long = multiaddr(`/dns4/${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.org/tcp/1`)
  const { peerStore, told } = book(0)
  await capAddresses(peerStore).patch(peer, { addresses: [long, ...addresses(100)].map((each) => ({ multiaddr: each, isCertified: true })) })
  assert.equal(told.count, PEER_STORE.addressesPerPeer)
  await capAddresses(peerStore).save(peer, { multiaddrs: [long] })
  assert.equal(told.count, 0)
})

test('What is not about addresses passes as it is', async () => {
  const { peerStore } = book(0)
  const told: unknown[] = []
  const spied = overriding(peerStore, { merge: async (_id, data) => (told.push(data), peerStore.get(peer)) })
  await capAddresses(spied).merge(peer, { tags: { kept: { value: 1 } } })
  assert.deepEqual(told, [{ tags: { kept: { value: 1 } } }])
})
