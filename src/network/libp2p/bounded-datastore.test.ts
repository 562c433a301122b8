import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BoundedDatastore, type StoreKey } from './bounded-datastore.ts'

const key = (text: string): StoreKey => ({ toString: () => text }) as StoreKey
const value = Uint8Array.of(1)

test('Above its limit a store forgets what was written longest ago', async () => {
  const store = new BoundedDatastore({ entries: 2 })
  for (const name of ['/a', '/b', '/a', '/c']) await store.put(key(name), value)
  assert.deepEqual([store.size, await store.has(key('/a')), await store.has(key('/b')), await store.has(key('/c'))], [2, true, false, true])
})

test('What must be kept is passed over', async () => {
  const store = new BoundedDatastore({ entries: 2, isKept: (text) => text === '/self' })
  for (const name of ['/self', '/a', '/b', '/c']) await store.put(key(name), value)
  assert.deepEqual([await store.has(key('/self')), await store.has(key('/b')), await store.has(key('/c'))], [true, false, true])
})

test('What was just written stays even when all else must be kept', async () => {
  const store = new BoundedDatastore({ entries: 1, isKept: (text) => text === '/self' })
  await store.put(key('/self'), value)
  await store.put(key('/a'), value)
  assert.deepEqual([await store.has(key('/self')), await store.has(key('/a'))], [true, true])
})

test('What is deleted frees its place', async () => {
  const store = new BoundedDatastore({ entries: 2 })
  await store.put(key('/a'), value)
  await store.delete(key('/a'))
  assert.equal(store.size, 0)
})
