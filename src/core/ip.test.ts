import assert from 'node:assert/strict'
import { isIPv4 as nodeSaysIPv4, isIPv6 as nodeSaysIPv6 } from 'node:net'
import test from 'node:test'
import fc from 'fast-check'
import { isIPv4, isIPv6 } from './ip.ts'

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
