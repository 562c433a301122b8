import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPublicAddress } from './public-address.ts'

test('addresses of hosts on the public network are public', () => {
  for (const address of ['8.8.8.8', '1.1.1.1', '172.32.0.1', '192.0.1.1', '223.255.255.254', '2606:4700:4700::1111', '2a00:1450::1', '2400:cb00::1']) {
    assert.equal(isPublicAddress(address), true, address)
  }
})

test('this machine, its neighbours, metadata services and what hides them are not', () => {
  const refused = [
    '127.0.0.1', '127.255.255.254', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.100.100.200', '192.0.0.192',
    '198.18.0.1', '224.0.0.1', '255.255.255.255', '240.0.0.1', '192.0.2.1',
    '::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '64:ff9b::7f00:1',
    '2001::1', '2001:db8::1', '2002:7f00:1::1', '2606:4700::1%1', 'localhost', '', '127.1', '0x7f000001',
  ]
  for (const address of refused) assert.equal(isPublicAddress(address), false, address)
})
