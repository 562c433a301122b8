import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePeerId, registryIdOf } from '#core'
import { broughtBy } from './brought.ts'

const PEER = parsePeerId('12D3KooWGRUaSFnLbDRcEtNtRFLdoGyLD3RMGqzPFVAVBGrjxVjn')
const REGISTRY = registryIdOf(new URL('https://central.example'))

test('an archive comes from those who gave bytes of it, and peers are named', () => {
  assert.deepEqual(broughtBy('network', [{ peer: REGISTRY, bytes: 9 }, { peer: PEER, bytes: 3 }]), { from: 'network', givers: [{ peer: PEER, bytes: 3 }] })
  assert.deepEqual(broughtBy('network', [{ peer: REGISTRY, bytes: 9 }]), { from: 'network' })
  assert.deepEqual(broughtBy('peer', []), { from: 'disk' })
})
