import assert from 'node:assert/strict'
import test from 'node:test'
import { isGgenError } from './errors.ts'
import { parseMultiaddr, parsePeer, peerOfMultiaddr } from './multiaddr.ts'
import { parsePeerId } from './peer-id.ts'

const peer = parsePeerId('12D3KooWGzxzKZYveHXtpG6AsrUJBcWxHBFS2HsEoGTxrMLvKXtf')
const relay = parsePeerId('12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp')

test('the older spelling is rewritten', () => {
  assert.equal(parseMultiaddr(`${peer}@/ip4/192.0.2.1/tcp/4001`), `/ip4/192.0.2.1/tcp/4001/p2p/${peer}`)
})

test('an address names one peer, or a peer behind a relay', () => {
  assert.equal(peerOfMultiaddr(parseMultiaddr('/ip4/192.0.2.1/tcp/4001')), undefined)
  assert.equal(peerOfMultiaddr(parseMultiaddr(`/ip4/192.0.2.1/tcp/4001/p2p/${peer}`)), peer)
  assert.equal(peerOfMultiaddr(parseMultiaddr(`/ip4/192.0.2.1/tcp/4001/p2p/${relay}/p2p-circuit/p2p/${peer}`)), peer)
  assert.equal(peerOfMultiaddr(parseMultiaddr(`/ip4/192.0.2.1/tcp/4001/p2p/${relay}/p2p-circuit`)), undefined)
})

test('an address cannot name two peers for one place', () => {
  for (const text of [`/ip4/192.0.2.1/tcp/4001/p2p/${relay}/p2p/${peer}`, `${peer}@/ip4/192.0.2.1/tcp/4001/p2p/${relay}`]) {
    assert.throws(() => parseMultiaddr(text), (error) => isGgenError(error, 'address-invalid'))
  }
})

test('a peer is named by its id, or by an address that names it, in either spelling', () => {
  for (const text of [peer, `${peer}@/ip4/192.0.2.1/tcp/4001`, `/dns4/a.example/tcp/4001/p2p/${peer}`]) assert.equal(parsePeer(text), peer)
  for (const text of ['/ip4/192.0.2.1/tcp/4001', 'nobody', '', `${peer}@nowhere`, '@']) {
    assert.throws(() => parsePeer(text), (error) => isGgenError(error, 'address-invalid'), text)
  }
})
