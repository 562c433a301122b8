import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isGgenError } from '#core'
import { readProxies } from './proxies.ts'

test('addresses and prefixes are our own proxies, and nobody else', () => {
  const isProxy = readProxies(['10.0.0.0/8', '192.0.2.7', 'fd00::/8', '::1'])
  assert.deepEqual(['10.1.2.3', '192.0.2.7', '192.0.2.8', 'fd12::1', '::1', 'fe80::1', 'nonsense', ''].map(isProxy), [true, true, false, true, true,
    false, false, false])
  assert.equal(readProxies([])('127.0.0.1'), false)
})

test('what is no address is refused', () => {
  for (const wrong of ['', 'host', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/', '1.2.3']) {
    assert.throws(() => readProxies([wrong]), (error) => isGgenError(error, 'config-invalid'), wrong)
  }
})
