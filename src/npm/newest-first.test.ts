import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newestFirst } from './newest-first.ts'

test('versions are ordered by what is newest, pre-releases last', () => {
  assert.deepEqual(newestFirst(['1.2.0', '2.0.0-rc.1', 'x', '1.10.0', '2.0.0-rc.2', '0.1.0']), ['1.10.0', '1.2.0', '0.1.0', '2.0.0-rc.2', '2.0.0-rc.1'])
})
