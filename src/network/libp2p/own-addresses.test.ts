import { LIMITS } from '#core'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownAddresses } from './own-addresses.ts'

const SELF = '/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'

test('A node names a few of its addresses, the farthest first, without its id, and nothing that cannot be dialled', () => {
  const all = ['/ip4/127.0.0.1/tcp/1', '/ip4/10.0.0.1/tcp/1', '/ip4/8.8.8.8/tcp/1', '/dns4/x.org/tcp/1', '/unix/var%2Fsocket', '/ip4/192.0.2.1/tcp/1']
  assert.deepEqual(ownAddresses(all.map((address) => `${address}${SELF}`)), ['/ip4/8.8.8.8/tcp/1', '/ip4/10.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/1'])
  const many = ['/ip4/127.0.0.1/tcp/1', ...Array.from({ length: 30 }, (_, index) => `/ip4/8.8.8.${index}/tcp/1`)]
  assert.equal(ownAddresses(many).length, LIMITS.rendezvousAddresses)
  assert(!ownAddresses(many).includes('/ip4/127.0.0.1/tcp/1' as never))
})
