import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostOfAddress, isNearby, isThisMachine, scopeOfAddress, scopeOfHost, withoutPeer } from './address-scope.ts'

const SCOPES: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.1', '127.255.3.4', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1'],
  'link-local': ['169.254.1.1', 'fe80::1', 'febf::1'],
  metadata: ['169.254.169.254', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', 'fd00:ec2::254', '100.100.100.200'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fd12::1', 'fc00::1', '::ffff:10.1.2.3', '2002:a01:203::1'],
  public: ['8.8.8.8', '172.32.0.1', '172.15.0.1', '2606:4700::1111', '::ffff:8.8.8.8', '2002:808:808::1'],
  none: [
    '0.0.0.0', '::', '224.0.0.1', '255.255.255.255', '240.0.0.1', '192.0.2.1', 'ff02::1', '2001:db8::1', '4000::1', 'example.org', '', '1.2.3',
  ],
}

test('An IP address has the scope that the registries give it, in every spelling', () => {
  for (const [scope, hosts] of Object.entries(SCOPES)) {
    for (const host of hosts) assert.equal(scopeOfHost(host), scope, host)
  }
})

test('An address has the scope of its first component', () => {
  assert.equal(scopeOfAddress('/ip4/127.0.0.1/tcp/1'), 'loopback')
  assert.equal(scopeOfAddress('/ip6/fd00:ec2::254/tcp/80/p2p/x'), 'metadata')
  assert.equal(scopeOfAddress('/ip6zone/eth0/ip6/fe80::1/tcp/1'), 'link-local')
  for (const name of ['dns', 'dns4', 'dns6', 'dnsaddr']) assert.equal(scopeOfAddress(`/${name}/localhost/tcp/1`), 'name')
  for (const other of ['/unix/var%2Frun%2Fsocket', '/p2p/x', '', '/', 'ip4/1.2.3.4', '/memory/1', '/ip4']) assert.equal(scopeOfAddress(other), 'none', other)
})

test('A host is the same in every spelling', () => {
  assert.equal(hostOfAddress('/ip4/1.2.3.4/tcp/1'), '1.2.3.4')
  assert.equal(hostOfAddress('/ip6/::ffff:1.2.3.4/tcp/1'), '1.2.3.4')
  assert.equal(hostOfAddress('/ip6/::ffff:102:304/tcp/1'), '1.2.3.4')
  assert.equal(hostOfAddress('/ip6/2001:DB8::1/tcp/1'), hostOfAddress('/ip6/2001:db8:0:0:0:0:0:1/tcp/1'))
  assert.equal(hostOfAddress('/ip6zone/eth0/ip6/fe80::1/tcp/1'), 'fe80:0:0:0:0:0:0:1')
  for (const none of ['/dns4/example.org/tcp/1', '/unix/x', '/ip4/999.1.1.1/tcp/1', '/ip6/zz/tcp/1']) assert.equal(hostOfAddress(none), undefined, none)
})

test('No text makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.ipV6().map((ip) => `/ip6/${ip}/tcp/1`)), (text) => {
      scopeOfHost(text)
      scopeOfAddress(text)
      hostOfAddress(text)
    }),
  )
})

test('This machine has two addresses', () => {
  assert.deepEqual(['127.0.0.1', '0:0:0:0:0:0:0:1', '127.0.0.2', '10.0.0.1'].map(isThisMachine), [true, true, false, false])
})

test('Many may share an address of this machine or of a LAN, and none of the internet', () => {
  for (const host of ['127.0.0.1', '0:0:0:0:0:0:0:1', '10.1.2.3', '192.168.1.1', 'fe80:0:0:0:0:0:0:1']) assert(isNearby(host), host)
  for (const host of ['127.66.6.6', '8.8.8.8', '2606:4700:0:0:0:0:0:1', 'example.org']) assert(!isNearby(host), host)
})

test('An address loses the peer at its end and nothing else', () => {
  assert.equal(withoutPeer('/ip4/1.2.3.4/tcp/1/p2p/Qm'), '/ip4/1.2.3.4/tcp/1')
  assert.equal(withoutPeer('/ip4/1.2.3.4/tcp/1'), '/ip4/1.2.3.4/tcp/1')
  assert.equal(withoutPeer('/p2p/Qm/p2p-circuit'), '/p2p/Qm/p2p-circuit')
})
