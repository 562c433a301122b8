import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProviderStore } from './provider-store.ts'
import { DHT } from './settings.ts'

type StoreKey = Parameters<ProviderStore['put']>[0]

const key = (text: string): StoreKey => ({ toString: () => text }) as StoreKey
const record = (content: string, provider: string): StoreKey => key(`/dht/provider/${content}/${provider}`)
const value = Uint8Array.of(1)

const open = (unknown: readonly string[] = []): ProviderStore => new ProviderStore({ self: 'me', isKnown: async (peer) => !unknown.includes(peer) })

const namesOf = async (store: ProviderStore, content: string): Promise<string[]> =>
  (await Array.fromAsync(store.query({ prefix: `/dht/provider/${content}` }))).map((pair) => String(pair.key.toString().split('/').at(-1)))

test('It keeps provider records and nothing else', () => {
  const store = open()
  store.put(record('cid', 'a'), value)
  assert.equal(store.has(record('cid', 'a')), true)
  assert.deepEqual(store.get(record('cid', 'a')), value)
  const foreign = ['/dht/record/x', '/pk/x', '/dht/provider/cid', '/dht/provider/a/b/c', '/peers/x']
  for (const other of foreign) assert.throws(() => store.put(key(other), value), RangeError, other)
  assert.throws(() => store.put(record('cid', 'b'), new Uint8Array(DHT.recordBytes + 1)), RangeError)
  assert.throws(() => store.get(record('cid', 'b')), { name: 'NotFoundError' })
})

test('A lookup names the newest providers first, a few, and none without addresses', async () => {
  const store = open(['ghost'])
  for (const provider of ['a', 'b', 'ghost', 'a']) store.put(record('cid', provider), value)
  store.put(record('other', 'c'), value)
  assert.deepEqual(await namesOf(store, 'cid'), ['a', 'b'])
  for (let index = 0; index < 100; index += 1) store.put(record('cid', `many${index}`), value)
  const named = await namesOf(store, 'cid')
  assert.deepEqual([named.length, named[0]], [DHT.providersPerAnswer, 'many99'])
})

test('One peer has so many records, the node itself any number', () => {
  const store = open()
  for (let index = 0; index < DHT.providerRecordsPerPeer; index += 1) store.put(record(`cid${index}`, 'greedy'), value)
  assert.throws(() => store.put(record('one-more', 'greedy'), value), RangeError)
  store.put(record('cid0', 'greedy'), value)
  store.put(record('one-more', 'modest'), value)
  for (let index = 0; index <= DHT.providerRecordsPerPeer; index += 1) store.put(record(`own${index}`, 'me'), value)
})

test('Above the limit the oldest records of others go, never the own ones', () => {
  const store = open()
  store.put(record('cid', 'me'), value)
  for (let index = 0; index <= DHT.providerRecords; index += 1) store.put(record(`cid${index}`, `peer${index % 100}`), value)
  assert.equal(store.foreignRecords, DHT.providerRecords)
  assert.deepEqual([store.has(record('cid0', 'peer0')), store.has(record('cid', 'me'))], [false, true])
})

test('Deleting frees the place of a peer', async () => {
  const store = open()
  store.put(record('cid', 'a'), value)
  store.delete(record('cid', 'a'))
  store.delete(record('cid', 'a'))
  store.delete(key('/nonsense'))
  assert.deepEqual([store.foreignRecords, await namesOf(store, 'cid')], [0, []])
})

test('Without a blob in the question every record is named, for the clean-up of the library', async () => {
  const store = open()
  store.put(record('x', 'a'), value)
  store.put(record('y', 'b'), value)
  assert.equal((await Array.fromAsync(store.query({ prefix: '/dht/provider' }))).length, 2)
})
