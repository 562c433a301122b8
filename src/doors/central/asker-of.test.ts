import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askerOf } from './asker-of.ts'

test('an IPv4 address is an asker, however it is written, and a /64 of IPv6 is one', () => {
  assert.deepEqual(['192.0.2.7', '::ffff:192.0.2.7', '::ffff:c000:207'].map(askerOf), ['192.0.2.7', '192.0.2.7', '192.0.2.7'])
  assert.equal(askerOf('2001:db8:1:2::1'), askerOf('2001:db8:1:2:ffff:ffff:ffff:ffff'))
  assert.notEqual(askerOf('2001:db8:1:2::1'), askerOf('2001:db8:1:3::1'))
  assert.equal(askerOf('fe80::1%eth0'), askerOf('fe80::2%eth1'))
})

test('what is no address is itself', () => {
  assert.deepEqual(['', 'unix'].map(askerOf), ['', 'unix'])
})
