import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGgenError, LIMITS, type Multiaddr } from '#core'
import {
  invalid, readAddress, readBootstrap, readBulkPort, readControlPort, readFollow, readListen, readNetwork, readQuota, readRate, readSyncEvery,
} from './settings.ts'

const ports = (count: number): string[] => Array.from({ length: count }, (_, index) => `/ip4/127.0.0.1/tcp/${index + 1}`)

describe('settings', () => {
  it('says where a wrong value stands', () => {
    assert.equal(invalid('--network', 'too long').message, '--network: too long')
    assert.throws(() => readAddress('x', 'HERE'), (error) => isGgenError(error, 'address-invalid') && error.message.startsWith('HERE: '))
  })

  it('listens on TCP alone, and remarks on the rest', () => {
    const { listen, remarks } = readListen(['/ip4/0.0.0.0/tcp/4001', '/ip4/0.0.0.0/udp/4001/quic-v1', '/ip4/0.0.0.0/tcp/4001'], 'HERE')
    assert.deepEqual(listen, ['/ip4/0.0.0.0/tcp/4001'])
    assert.deepEqual(remarks.length, 1)
    for (const address of ['/ip4/0.0.0.0/udp/4001/quic-v1', '/dns4/a.example/tcp/1', '/ip4/1.1.1.1/tcp/1/ws']) {
      assert.throws(() => readListen([address], 'HERE'), (error) => isGgenError(error, 'address-invalid') && error.message.includes(address))
    }
  })

  it('bounds every list', () => {
    assert.equal(readListen(ports(16), 'HERE').listen.length, 16)
    assert.throws(() => readListen(ports(17), 'HERE'), (error) => isGgenError(error, 'config-invalid'))
    assert.throws(() => readListen([], 'HERE'), (error) => isGgenError(error, 'config-invalid'))
    assert.equal(readBootstrap(ports(64) as Multiaddr[], 'HERE').length, 64)
    assert.throws(() => readBootstrap(ports(65) as Multiaddr[], 'HERE'), (error) => isGgenError(error, 'config-invalid'))
  })

  it('reads ports, rates, sizes and patterns, and says where a wrong one stands', () => {
    assert.deepEqual(['0', '1', '65535', 'off', 'no'].map((text) => readBulkPort(text, 'HERE')), [0, 1, 65_535, 'off', 'off'])
    assert.deepEqual(['1', '65535', 'off', 'false'].map((text) => readControlPort(text, 'HERE')), [1, 65_535, 'off', 'off'])
    assert.deepEqual([readRate('1MB', 'HERE'), readRate('none', 'HERE'), readRate(undefined, 'HERE')], [1e6, undefined, undefined])
    assert.deepEqual([readQuota('1GB', 'HERE'), readQuota('none', 'HERE')], [1e9, 'none'])
    assert.deepEqual(readFollow(['a', ' a ', 'b'], 'HERE'), ['a', 'b'])
    const wrong: readonly (() => unknown)[] = [
      ...['65536', '-1', '1.5', '', 'on', '000001'].map((text) => () => readBulkPort(text, 'HERE')),
      ...['0', '65536', '', 'on'].map((text) => () => readControlPort(text, 'HERE')),
      () => readRate('x', 'HERE'),
      () => readQuota('x', 'HERE'),
      () => readFollow(Array.from({ length: LIMITS.followPatterns + 1 }, (_, index) => `a${index}`), 'HERE'),
    ]
    for (const read of wrong) assert.throws(read, (error) => isGgenError(error, 'config-invalid') && error.message.startsWith('HERE: '))
  })

  it('accepts network names of 1 to 32 of a-z, 0-9 and hyphen', () => {
    for (const name of ['a', 'main', '0-9', 'x'.repeat(32)]) assert.equal(readNetwork(name, 'HERE'), name)
    const wrong = ['', 'A', 'a b', 'x'.repeat(33), 'a/b', 'a\n']
    for (const name of wrong) assert.throws(() => readNetwork(name, 'HERE'), (error) => isGgenError(error, 'config-invalid'))
  })

  it('reads how often catalogues are compared', () => {
    assert.equal(readSyncEvery('2 min', 'x'), 120_000)
    const complains = (error: unknown): boolean => isGgenError(error, 'config-invalid') && error.message.startsWith('x: ')
    for (const text of ['0', '25h', 'often']) assert.throws(() => readSyncEvery(text, 'x'), complains, text)
  })
})
