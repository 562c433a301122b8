import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type ErrorCode, GgenError, isGgenError } from '#core'
import { listenAddresses, networkName, nodeAddresses, topicName, transports } from './address-kinds.ts'
import type { Place } from './kind.ts'

const PEER = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'
const OTHER = '12D3KooWAbcTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'
const ADDRESS = '/ip4/192.0.2.1/tcp/4001'

const place = (remarks: string[] = []): Place => ({ from: 'HERE', remark: (text) => void remarks.push(text) })
const wrong = (code: ErrorCode) => (error: unknown): boolean => isGgenError(error, code) && error.message.startsWith('HERE: ')

describe('addresses to listen on', () => {
  it('are TCP alone, each once, and the rest is remarked on', () => {
    const remarks: string[] = []
    assert.deepEqual(listenAddresses.fromToml([ADDRESS, ADDRESS, '/ip4/0.0.0.0/udp/4001/quic-v1'], place(remarks)), [ADDRESS])
    assert.match(remarks.join(), /^HERE: \/ip4\/0\.0\.0\.0\/udp\/4001\/quic-v1 has no effect/)
  })

  it('are at least one, at most 16, and of a kind that can be listened on', () => {
    for (const given of [[], Array.from({ length: 17 }, (_, port) => `/ip4/127.0.0.1/tcp/${port}`), 1, [1]]) {
      assert.throws(() => listenAddresses.fromToml(given, place()), wrong('config-invalid'))
    }
    for (const given of ['nowhere', '/ip4/0.0.0.0/udp/4001/quic-v1', '/dns4/a.example/tcp/1']) {
      assert.throws(() => listenAddresses.fromText(given, place()), wrong('address-invalid'), given)
    }
  })
})

describe('addresses of nodes', () => {
  it('are understood in every spelling', () => {
    const expected = [`${ADDRESS}/p2p/${PEER}`]
    for (const entry of [expected[0], `${PEER}@${ADDRESS}`, { peer_id: PEER, address: ADDRESS }, { peer_id: PEER, address: `${ADDRESS}/p2p/${PEER}` }]) {
      assert.deepEqual(nodeAddresses.fromToml([entry], place()), expected)
    }
    assert.deepEqual(nodeAddresses.fromText(` ${PEER}@${ADDRESS} ,, ${expected[0]}`, place()), expected)
    assert.deepEqual(nodeAddresses.fromToml([], place()), [])
  })

  it('cannot be half an entry, name two peers, or be more than 64', () => {
    const entries: readonly (readonly [unknown, ErrorCode])[] = [
      [1, 'config-invalid'], [{ peer_id: PEER }, 'config-invalid'], [{ peer_id: 'x', address: ADDRESS }, 'config-invalid'],
      [{ peer_id: 1, address: ADDRESS }, 'config-invalid'], [{ peer_id: OTHER, address: `${ADDRESS}/p2p/${PEER}` }, 'config-invalid'],
      [{ adress: ADDRESS }, 'config-invalid'], [{ address: ADDRESS, weight: 1 }, 'config-invalid'], ['/ip4/999.1.1.1/tcp/1', 'address-invalid'],
    ]
    for (const [entry, code] of entries) assert.throws(() => nodeAddresses.fromToml([entry], place()), wrong(code), JSON.stringify(entry))
    assert.throws(() => nodeAddresses.fromToml('x', place()), wrong('config-invalid'))
    const many = Array.from({ length: 65 }, (_, port) => `/ip4/127.0.0.1/tcp/${port}`)
    assert.throws(() => nodeAddresses.fromToml(many, place()), wrong('config-invalid'))
  })

  it('mean the same as PEER@ADDRESS and as ADDRESS/p2p/PEER, whatever the address is', () => {
    const host = fc.oneof(fc.ipV4().map((ip) => `/ip4/${ip}`), fc.ipV6().map((ip) => `/ip6/${ip}`), fc.domain().map((name) => `/dns4/${name}`))
    const anywhere = fc.tuple(host, fc.nat(65_535), fc.constantFrom('', '/ws', '/quic-v1')).map(([at, port, tail]) => `${at}/tcp/${port}${tail}`)
    fc.assert(fc.property(anywhere, fc.constantFrom(PEER, OTHER), (address, peer) => {
      const [older, newer, table] = [`${peer}@${address}`, `${address}/p2p/${peer}`, { peer_id: peer, address }].map((entry) => {
        try {
          return nodeAddresses.fromToml([entry], place())
        } catch (error) {
          if (!(error instanceof GgenError)) throw error
          return error.code
        }
      })
      assert.deepEqual(older, newer)
      assert.deepEqual(table, newer)
    }))
  })

  it('are read or refused with a code, whatever a file holds', () => {
    const table = fc.record({ peer_id: fc.oneof(fc.constant(PEER), fc.string()), address: fc.oneof(fc.constant(ADDRESS), fc.string()) })
    const entry = fc.oneof(fc.jsonValue(), table)
    fc.assert(fc.property(fc.array(entry), (entries) => {
      try {
        assert.ok(nodeAddresses.fromToml(entries, place()).every((address) => address.startsWith('/')))
      } catch (error) {
        assert.ok(error instanceof GgenError, String(error))
      }
    }))
  })
})

describe('networks, topics and transports', () => {
  it('are named with 1 to 32 of a-z, 0-9 and hyphen', () => {
    for (const name of ['a', 'main', 'team-7', 'x'.repeat(32)]) assert.equal(networkName.fromText(name, place()), name)
    for (const name of ['', 'UPPER', 'a/b', 'a b', 'x'.repeat(33)]) assert.throws(() => networkName.fromText(name, place()), wrong('config-invalid'), name)
  })

  it('have the one topic under every name that it had', () => {
    const names = ['/ggen/packages/v1', 'ggen/packages', 'ggen/packages/announce', 'ggen-marketplace/updates', 'ggen-marketplace', '/ggen/main/ops/1']
    for (const name of names) assert.equal(topicName.fromText(name, place()), name)
    assert.throws(() => topicName.fromText('my-topic', place()), wrong('config-invalid'))
  })

  it('speak TCP', () => {
    const remarks: string[] = []
    assert.deepEqual(transports.fromToml(['TCP', 'QUIC'], place(remarks)), ['tcp'])
    assert.match(remarks.join(), /quic has no effect/)
    for (const given of [['QUIC'], [], ['TCP', 'carrier-pigeon']]) assert.throws(() => transports.fromToml(given, place()), wrong('config-invalid'))
  })
})
