import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { parseBanSubject } from './ban.ts'
import { isGgenError } from './errors.ts'

const PEER = '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'

test('a ban is about a peer, an address or its prefix, in one spelling', () => {
  const spelled = [
    [PEER, PEER], ['192.0.2.7', '192.0.2.7'], ['192.0.2.7/24', '192.0.2.0/24'], ['192.0.2.0/24', '192.0.2.0/24'],
    ['2001:DB8::1', '2001:db8:0:0:0:0:0:1'], ['2001:db8::/48', '2001:db8:0::/48'], ['::ffff:192.0.2.7', '192.0.2.7'],
  ]
  for (const [text = '', subject] of spelled) assert.equal(parseBanSubject(text), subject)
})

test('everything else is refused with a code, and what is read reads itself again', () => {
  for (const text of ['', 'eve', '192.0.2.7/16', '192.0.2.7/24/24', '2001:db8::/24', '/24', '192.0.2', 'example.org', `${PEER}x`]) {
    assert.throws(() => parseBanSubject(text), (error) => isGgenError(error, 'address-invalid'), text)
  }
  fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.ipV4().map((ip) => `${ip}/24`), fc.ipV6().map((ip) => `${ip}/48`)), (text) => {
    try {
      const subject = parseBanSubject(text)
      assert.equal(parseBanSubject(subject), subject)
    } catch (error) {
      assert(isGgenError(error, 'address-invalid'), String(error))
    }
  }))
})
