import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GgenError } from '#core'
import { checkConfig } from './check-config.ts'

test('a configuration that can be read and has an effect is right', () => {
  assert.deepEqual(checkConfig({ remarks: [] }).map(({ state }) => state), ['ok'])
  assert.deepEqual(checkConfig({ remarks: ['a has no effect', 'b has no effect'] }).map(({ state, finding }) => [state, finding]), [
    ['warn', 'a has no effect'], ['warn', 'b has no effect'],
  ])
  assert.deepEqual(checkConfig({ error: new GgenError('config-invalid', 'p2p.network: too long', { hint: 'shorten it' }) }), [
    { check: 'config', state: 'fail', finding: 'p2p.network: too long', advice: 'shorten it' },
  ])
})
