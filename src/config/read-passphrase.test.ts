import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPassphrase, withoutPassphrase } from './read-passphrase.ts'

test('a passphrase is read as it is, and an empty or inherited one is none', () => {
  assert.equal(readPassphrase({ GGEN_PASSPHRASE: ' two words ' }), ' two words ')
  for (const env of [{}, { GGEN_PASSPHRASE: '' }, { GGEN_PASSPHRASE: undefined }, Object.create({ GGEN_PASSPHRASE: 'inherited' })]) {
    assert.equal(readPassphrase(env), undefined)
  }
})

test('a process that never signs does not get it', () => {
  assert.deepEqual(withoutPassphrase({ GGEN_PASSPHRASE: 'x', PATH: 'y' }), { PATH: 'y' })
})
