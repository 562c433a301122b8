import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DialRules, mayDial, type Source } from './dial-policy.ts'

const LOOPBACK = '/ip4/127.0.0.1/tcp/6379'
const METADATA = '/ip4/169.254.169.254/tcp/80'
const LAN = '/ip4/192.168.1.7/tcp/4001'
const PUBLIC = '/ip4/8.8.8.8/tcp/4001'

test('A user may name anything, the local network its own kind, a peer neither this machine nor names', () => {
  const scopes = ['loopback', 'link-local', 'metadata', 'private', 'public', 'name', 'none'] as const
  const allowed = (source: Source, metOnlyLoopback: boolean): readonly string[] => scopes.filter((scope) => mayDial(scope, source, metOnlyLoopback))
  assert.deepEqual(allowed('user', false), scopes)
  assert.deepEqual(allowed('lan', false), ['loopback', 'link-local', 'private', 'public'])
  assert.deepEqual(allowed('peer', false), ['private', 'public'])
  assert.deepEqual(allowed('peer', true), ['loopback', 'private', 'public'])
})

test('A peer can name a loopback address only while everybody that was met is on this machine', () => {
  const rules = new DialRules()
  rules.meet('/ip4/127.0.0.1/tcp/1')
  assert(rules.allows(LOOPBACK))
  rules.meet(LAN)
  assert(!rules.allows(LOOPBACK))
  rules.meet('/ip4/127.0.0.1/tcp/1')
  assert(!rules.allows(LOOPBACK), 'it never comes back')
  assert(rules.allows(LAN) && rules.allows(PUBLIC))
})

test('What the user named stays allowed, with and without its peer, also when the LAN names it too', () => {
  const rules = new DialRules()
  rules.meet(PUBLIC)
  rules.name(`${METADATA}/p2p/QmPeer`, 'user')
  rules.name(METADATA, 'lan')
  assert(rules.allows(METADATA) && rules.allows(`${METADATA}/p2p/QmOther`))
})

test('The LAN cannot name the metadata service or a host name', () => {
  const rules = new DialRules()
  rules.meet(PUBLIC)
  for (const address of [METADATA, '/dns4/localhost/tcp/1', LOOPBACK]) rules.name(address, 'lan')
  assert.deepEqual([rules.allows(METADATA), rules.allows('/dns4/localhost/tcp/1'), rules.allows(LOOPBACK)], [false, false, true])
})

test('Addresses of the LAN are forgotten before those of the user', () => {
  const rules = new DialRules()
  rules.meet(PUBLIC)
  rules.name(METADATA, 'user')
  for (let port = 1; port <= 3000; port += 1) rules.name(`/ip4/127.0.0.1/tcp/${port}`, 'lan')
  assert(rules.allows(METADATA))
  assert(!rules.allows('/ip4/127.0.0.1/tcp/1') && rules.allows('/ip4/127.0.0.1/tcp/3000'))
})

test('Sockets of the file system and other oddities are never dialled for a peer', () => {
  const rules = new DialRules()
  const odd = ['/unix/var%2Frun%2Fdocker.sock', '/ip4/0.0.0.0/tcp/1', '/ip6/::/tcp/1', '/ip4/224.0.0.1/tcp/1', '/dnsaddr/x.org']
  for (const address of odd) assert(!rules.allows(address), address)
})
