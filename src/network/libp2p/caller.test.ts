import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callerOf } from './caller.ts'

test('A connection tells who calls and from where', () => {
  const peer = '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'
  const remotePeer = peerIdFromString(peer)
  assert.deepEqual(callerOf({ remotePeer, remoteAddr: multiaddr('/ip6/2001:db8::1/tcp/1') }), { peer, host: '2001:db8:0:0:0:0:0:1' })
  assert.deepEqual(callerOf({ remotePeer, remoteAddr: multiaddr('/dns4/example.org/tcp/1') }), { peer, host: undefined })
})
