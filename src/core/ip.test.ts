import assert from 'node:assert/strict'
import { isIPv4 as nodeSaysIPv4, isIPv6 as nodeSaysIPv6 } from 'node:net'
import test from 'node:test'
import fc from 'fast-check'
import { dottedIPv4, groupsOfIPv6, isIPv4, isIPv6, plainHost, prefixOfHost } from './ip.ts'

const RUNS = Number(process.env['GGEN_TEST_RUNS'] ?? 300)

test('IPv4 and IPv6 are told from other texts as Node tells them', () => {
  const anything = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom('0', '1', '9', 'a', 'f', 'G', ':', '::', '.', '255'), maxLength: 24 }),
    fc.array(fc.constantFrom('0', '1', 'ffff', '', '192.0.2.1', '10000', '00001'), { maxLength: 10 }).map((parts) => parts.join(':')),
  )
  fc.assert(fc.property(anything, (text) => {
    assert.equal(isIPv4(text), nodeSaysIPv4(text), `${text} as IPv4`)
    assert.equal(isIPv6(text), nodeSaysIPv6(text), `${text} as IPv6`)
  }), { numRuns: 5 * RUNS })
})

test('zones and very long texts are no addresses', () => {
  assert(!isIPv6('fe80::1%eth0'))
  assert(!isIPv6(':'.repeat(100_000)))
  assert(!isIPv4('1.'.repeat(100_000)))
})

test('an address has one spelling, whatever it is written like', () => {
  assert.equal(plainHost('2001:DB8::1%eth0'), '2001:db8:0:0:0:0:0:1')
  assert.equal(plainHost('::ffff:1.2.3.4'), '1.2.3.4')
  assert.equal(plainHost('::ffff:102:304'), '1.2.3.4')
  for (const none of ['', 'example.org', '1.2.3', '1.2.3.0/24', '%eth0']) assert.equal(plainHost(none), undefined, none)
  fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
    const plain = plainHost(text)
    assert(plain !== undefined && plainHost(plain) === plain, text)
    if (isIPv6(plain)) assert.deepEqual(groupsOfIPv6(plain), groupsOfIPv6(text))
  }), { numRuns: RUNS })
})

test('a prefix is the /24 or the /48', () => {
  assert.equal(prefixOfHost('1.2.3.4'), '1.2.3.0/24')
  assert.equal(prefixOfHost('2001:db8:1:2:0:0:0:1'), '2001:db8:1::/48')
})

test('two groups are an IPv4 address', () => {
  assert.equal(dottedIPv4(0x0102, 0xfffe), '1.2.255.254')
})
