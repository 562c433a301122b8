import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGgenError, type Multiaddr } from '#core'
import { invalid, readAddress, readBootstrap, readListen, readNetwork } from './settings.ts'

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

  it('accepts network names of 1 to 32 of a-z, 0-9 and hyphen', () => {
    for (const name of ['a', 'main', '0-9', 'x'.repeat(32)]) assert.equal(readNetwork(name, 'HERE'), name)
    const wrong = ['', 'A', 'a b', 'x'.repeat(33), 'a/b', 'a\n']
    for (const name of wrong) assert.throws(() => readNetwork(name, 'HERE'), (error) => isGgenError(error, 'config-invalid'))
  })
})
