import { LIMITS } from '#core'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InboundLedger, inboundShare, judgeInbound } from './inbound-policy.ts'

const idle = { total: 0, ofHost: 0, ofPrefix: 0, isBanned: false, isTooFast: false }

/** Opens connections one second apart; the admissions in order. */
const openMany = (ledger: InboundLedger, hosts: readonly string[]): string[] => hosts.map((host, index) => ledger.enter(host, false, index * 1000).admission)

test('The reasons to refuse are told apart', () => {
  assert.equal(judgeInbound(idle, '8.8.8.8'), 'admit')
  assert.equal(judgeInbound({ ...idle, isBanned: true }, '8.8.8.8'), 'banned')
  assert.equal(judgeInbound({ ...idle, total: LIMITS.inboundTotal }, '8.8.8.8'), 'node-full')
  assert.equal(judgeInbound({ ...idle, ofHost: LIMITS.inboundPerHost }, '8.8.8.8'), 'host-full')
  assert.equal(judgeInbound({ ...idle, ofPrefix: LIMITS.inboundPerPrefix }, '8.8.8.8'), 'prefix-full')
  assert.equal(judgeInbound({ ...idle, isTooFast: true }, '8.8.8.8'), 'too-fast')
})

test('One host on the internet gets four connections, its /24 eight', () => {
  const ledger = new InboundLedger()
  assert.deepEqual(openMany(ledger, Array.from({ length: 5 }, () => '8.8.8.1')), ['admit', 'admit', 'admit', 'admit', 'host-full'])
  const others = Array.from({ length: 5 }, (_, index) => `8.8.8.${index + 2}`)
  assert.deepEqual(openMany(ledger, others), ['admit', 'admit', 'admit', 'admit', 'prefix-full'])
  assert.deepEqual(openMany(ledger, ['8.8.9.1']), ['admit'])
})

test('The /48 of an IPv6 host counts as one prefix', () => {
  const hosts = Array.from({ length: 9 }, (_, index) => `2606:4700:1:${index}:0:0:0:1`)
  assert.equal(openMany(new InboundLedger(), hosts).at(-1), 'prefix-full')
})

test('Many nodes of one LAN and many local nodes are welcome, other addresses of loopback are not special', () => {
  const lan = Array.from({ length: 60 }, (_, index) => `192.168.1.${index + 1}`)
  assert(openMany(new InboundLedger(), lan).every((admission) => admission === 'admit'))
  const local = Array.from({ length: 100 }, () => '127.0.0.1')
  const ledger = new InboundLedger()
  assert(local.every((host) => ledger.enter(host, false, 0).admission === 'admit'))
  assert.equal(inboundShare('127.66.6.6').host, LIMITS.inboundPerHost)
  assert.equal(inboundShare('0:0:0:0:0:0:0:1').host, LIMITS.connections)
})

test('A closed connection frees its place once', () => {
  const ledger = new InboundLedger()
  const [first] = Array.from({ length: 4 }, (_, index) => ledger.enter('8.8.8.1', false, index * 1000))
  first?.close()
  first?.close()
  assert.equal(ledger.total, 3)
  assert.deepEqual(openMany(ledger, ['8.8.8.1', '8.8.8.1']), ['admit', 'host-full'])
})

test('A few places are left for connections that find no other, fewer for one host, and each is freed once', () => {
  const ledger = new InboundLedger()
  const places = Array.from({ length: 3 }, () => ledger.try('8.8.8.1'))
  assert.deepEqual(places.map((leave) => leave !== undefined), [true, true, false])
  const others = Array.from({ length: LIMITS.inboundTrials }, (_, index) => ledger.try(`8.8.9.${index}`))
  assert.equal(others.filter((leave) => leave !== undefined).length, LIMITS.inboundTrials - 2)
  for (const leave of [places[0], places[0]]) leave?.()
  assert.deepEqual([ledger.try('8.8.8.1') !== undefined, ledger.try('8.8.7.1')], [true, undefined])
})

test('Knocking too fast is refused even when nothing stays open', () => {
  const ledger = new InboundLedger()
  const admissions = Array.from({ length: 12 }, () => {
    const { admission, close } = ledger.enter('8.8.8.1', false, 0)
    close()
    return admission
  })
  assert.deepEqual([admissions[9], admissions[10]], ['admit', 'too-fast'])
})

test('Whoever comes, the totals hold and closing all leaves nothing', () => {
  const host = fc.oneof(fc.constantFrom('127.0.0.1', '10.0.0.1', '8.8.8.1', '8.8.8.2'), fc.ipV4())
  fc.assert(
    fc.property(fc.array(host, { maxLength: 300 }), (hosts) => {
      const ledger = new InboundLedger()
      const entries = hosts.map((each, index) => ledger.enter(each, false, index * 1000))
      assert(ledger.total <= LIMITS.inboundTotal)
      assert.equal(ledger.total, entries.filter(({ admission }) => admission === 'admit').length)
      for (const { close } of entries) close()
      assert.equal(ledger.total, 0)
    }),
    { numRuns: 30 },
  )
})
