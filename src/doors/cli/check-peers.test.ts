import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Multiaddr, parseMultiaddr } from '#core'
import type { PeerReply } from '#doors/control'
import { checkPeers } from './check-peers.ts'

const at = (...hosts: readonly string[]): readonly PeerReply[] =>
  hosts.map((host) => ({ address: parseMultiaddr(`/ip4/${host}/tcp/1`) }) as { address: Multiaddr } as PeerReply)

test('peers of several networks are right, of few could be better, and so is nobody', () => {
  assert.deepEqual(checkPeers(at('192.0.2.1', '198.51.100.1', '203.0.113.1', '203.0.7.7')), [{ check: 'peers', state: 'ok', finding: '4 peers of 3 networks' }])
  const [few] = checkPeers(at('203.0.113.1', '203.0.7.7'))
  assert.equal(few?.state, 'warn')
  assert.match(few?.finding ?? '', /^2 peers of 1 network: /)
  assert.match(checkPeers([{} as PeerReply])[0]?.finding ?? '', /^1 peer of unknown networks: /)
  assert.equal(checkPeers([])[0]?.state, 'warn')
  assert.equal(checkPeers(undefined)[0]?.state, 'unknown')
})
