import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPeer, registryIdOf } from './giver.ts'
import { parsePeerId } from './peer-id.ts'

test('a registry is told from a peer, and is the same with and without a slash at its end', () => {
  const registry = registryIdOf(new URL('https://Registry.example/'))
  assert.equal(registry, 'https://registry.example')
  assert.equal(registryIdOf(new URL('https://registry.example/ggen//')), 'https://registry.example/ggen')
  assert.equal(isPeer(registry), false)
  assert.equal(isPeer(parsePeerId('12D3KooWGRUaSFnLbDRcEtNtRFLdoGyLD3RMGqzPFVAVBGrjxVjn')), true)
})
