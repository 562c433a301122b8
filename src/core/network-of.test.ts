import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isIPv4 } from './ip.ts'
import { type Multiaddr, parseMultiaddr } from './multiaddr.ts'
import { networkOf } from './network-of.ts'

const RUNS = Number(process.env['GGEN_TEST_RUNS'] ?? 300)

test('an address lies in the /16 or the /32 of its host, however it is written', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['/ip4/203.0.113.7/tcp/4001', '203.0.0.0/16'],
    ['/ip6/2001:DB8:1:2::3/tcp/4001', '2001:db8::/32'],
    ['/ip6/::1/tcp/4001', '0:0::/32'],
    ['/ip6/::ffff:203.0.113.7/tcp/4001', '203.0.0.0/16'],
    ['/dns4/node.example/tcp/4001', undefined],
  ]
  for (const [address, network] of cases) assert.equal(networkOf(parseMultiaddr(address)), network, address)
  assert.equal(networkOf('/ip6zone/eth0/ip6/fe80::1/tcp/4001' as Multiaddr), 'fe80:0::/32')
})

test('a relay says nothing about the network of who is behind it', () => {
  assert.equal(networkOf('/ip4/203.0.113.7/tcp/4001/p2p-circuit' as Multiaddr), undefined)
})

test('every IP address lies in one network, and its neighbours with it', () => {
  fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (host) => {
    const network = networkOf(parseMultiaddr(`/${isIPv4(host) ? 'ip4' : 'ip6'}/${host}/tcp/1`))
    assert(network !== undefined)
    const [first = ''] = network.split('/')
    assert.equal(networkOf(parseMultiaddr(`/${isIPv4(first) ? 'ip4' : 'ip6'}/${first}/tcp/1`)), network)
  }), { numRuns: RUNS })
})
