import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registries } from './registries-question.ts'

test('whom a question is asked of is one of four forms, and an address of the web or of a folder without a password', () => {
  for (const right of ['p2p', 'central', { url: 'https://packs.example.org' }, { prefer: 'p2p-first' }]) assert.deepEqual(registries.parse(right), right)
  assert.deepEqual(registries.parse({ url: 'https://Packs.example.org/index.json' }), { url: 'https://packs.example.org' })
  assert.deepEqual(registries.parse({ url: 'file:///srv/market/' }), { url: 'file:///srv/market' })
  const urls = ['ftp://c.example', '/srv/market', 'https://a:b@c.example'].map((url) => ({ url }))
  const wrong = ['hybrid', '', 1, null, [], {}, ...urls, { url: 'https://a.example', prefer: 'p2p-first' }, { prefer: 'x' }]
  for (const one of wrong) assert.equal(registries.safeParse(one).success, false, JSON.stringify(one))
})
