import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DialRules, type Horizon, mayDial, type Source } from './dial-policy.ts'

const LOOPBACK = '/ip4/127.0.0.1/tcp/6379'
const METADATA = '/ip4/169.254.169.254/tcp/80'
const LAN = '/ip4/192.168.1.7/tcp/4001'
const PUBLIC = '/ip4/8.8.8.8/tcp/4001'

test('A user may name anything, the local network its own kind, a peer neither this machine nor names', () => {
  const scopes = ['loopback', 'link-local', 'metadata', 'private', 'public', 'name', 'none'] as const
  const allowed = (source: Source, horizon: Horizon): readonly string[] => scopes.filter((scope) => mayDial(scope, source, horizon))
  assert.deepEqual(allowed('user', 'world'), scopes)
  assert.deepEqual(allowed('lan', 'world'), ['loopback', 'link-local', 'private', 'public'])
  assert.deepEqual(allowed('near', 'world'), ['private', 'public'])
  assert.deepEqual(allowed('peer', 'world'), ['public'])
  assert.deepEqual(allowed('peer', 'lan'), ['private', 'public'])
  assert.deepEqual(allowed('peer', 'machine'), ['loopback', 'private', 'public'])
})

test('A peer can name a loopback address only while everybody that was met is on this machine, a private one while everybody is in a private network', () => {
  const rules = new DialRules()
  const allowed = (): readonly boolean[] => [LOOPBACK, LAN, PUBLIC].map((address) => rules.allows(address))
  rules.meet('/ip4/127.0.0.1/tcp/1')
  assert.deepEqual(allowed(), [true, true, true])
  rules.meet('/ip4/10.0.0.1/tcp/1')
  assert.deepEqual(allowed(), [false, true, true])
  rules.meet('/ip4/127.0.0.1/tcp/1')
  assert.deepEqual(allowed(), [false, true, true], 'it never comes back')
  rules.meet(PUBLIC)
  rules.meet('/ip4/10.0.0.1/tcp/1')
  assert.deepEqual(allowed(), [false, false, true], 'it never comes back')
})

test('Once somebody beyond the private networks was met, only peers inside them can name their addresses, and never this machine', () => {
  const rules = new DialRules()
  rules.meet(PUBLIC)
  const named = [LAN, LOOPBACK, METADATA, PUBLIC, '/dns4/localhost/tcp/1', '/ip4/169.254.3.4/tcp/1']
  assert.deepEqual(rules.hear('/ip4/9.9.9.9/tcp/4001', named), [PUBLIC])
  assert.deepEqual(rules.hear(undefined, named), [PUBLIC])
  assert.deepEqual(rules.hear('/ip4/192.168.1.20/tcp/4001', named), [LAN, PUBLIC])
  assert(rules.allows(`${LAN}/p2p/QmPeer`), 'and it stays named')
  rules.name(LAN, 'lan')
  rules.hear('/ip4/192.168.1.20/tcp/4001', [LAN])
  rules.name(LOOPBACK, 'lan')
  rules.name(LOOPBACK, 'near')
  assert(rules.allows(LOOPBACK), 'a weaker word does not replace a stronger one')
})

test('What the user named stays allowed, with and without its peer, also when the LAN names it too', () => {
  const rules = new DialRules()
  rules.meet(PUBLIC)
  rules.name(`${METADATA}/p2p/QmPeer`, 'user')
  rules.name(METADATA, 'lan')
  assert(rules.allows(METADATA) && rules.allows(`${METADATA}/p2p/QmOther`))
  assert.deepEqual([rules.isFromUser(METADATA), rules.isFromUser(LAN)], [true, false])
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
