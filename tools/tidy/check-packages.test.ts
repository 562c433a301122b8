import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkPackages } from './check-packages.ts'
import { inShort, plantTree } from './plant.ts'

test('A library that no folder is named for is found', () => {
  const dependencies = { libp2p: '1.0.0', '@libp2p/anything': '1.0.0', 'left-pad': '1.0.0' }
  assert.deepEqual(inShort(checkPackages(plantTree({}, { manifest: { dependencies } }))), [
    'tools/lint/packages.ts:1 has no row for left-pad: say which folders may import it',
  ])
})
