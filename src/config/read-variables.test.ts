import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { variable } from './environment.ts'
import { readVariables } from './read-variables.ts'

describe('readVariables', () => {
  it('reads every variable', () => {
    const listen = '/ip4/127.0.0.1/tcp/1, /ip6/::1/tcp/2'
    const switches = { GGEN_P2P_MDNS: 'Off', GGEN_P2P_GOSSIP: 'no' }
    const env = { GGEN_P2P_LISTEN: listen, GGEN_P2P_BOOTSTRAP: '/dns4/a.example/tcp/3', ...switches, GGEN_NETWORK: 'team', GGEN_BULK_PORT: 'off' }
    const { settings } = readVariables(env)
    const addresses = { listen: ['/ip4/127.0.0.1/tcp/1', '/ip6/::1/tcp/2'], bootstrap: ['/dns4/a.example/tcp/3'] }
    assert.deepEqual(settings, { ...addresses, mdns: false, gossip: false, network: 'team', bulkPort: 'off' })
    assert.equal(readVariables({ GGEN_BULK_PORT: '4003' }).settings.bulkPort, 4003)
    assert.equal(readVariables({ GGEN_CONTROL_PORT: '4004' }).settings.controlPort, 4004)
    const trust = readVariables({ GGEN_TRUST_FIRST_USE: 'accept', GGEN_TRUST_COOL_DOWN: '24h' }).settings
    assert.deepEqual([trust.firstUse, trust.coolDownMs], ['accept', 86_400_000])
  })

  it('treats unset, empty and inherited names as absent', () => {
    assert.deepEqual(readVariables({ GGEN_NETWORK: undefined, GGEN_P2P_MDNS: '  ' }).settings, {})
    assert.equal(variable({}, 'constructor'), undefined)
  })

  it('names the variable of a bad value', () => {
    const table: readonly (readonly [string, string])[] = [
      ['GGEN_P2P_LISTEN', '/ip4/1.2.3.4/tcp/x'],
      ['GGEN_P2P_BOOTSTRAP', 'x,y'],
      ['GGEN_P2P_MDNS', 'maybe'],
      ['GGEN_P2P_MDNS', 'constructor'],
      ['GGEN_P2P_GOSSIP', '2'],
      ['GGEN_NETWORK', 'a_b'],
      ['GGEN_BULK_PORT', 'on'],
      ['GGEN_CONTROL_PORT', '0'],
      ['GGEN_TRUST_FIRST_USE', 'yes'],
      ['GGEN_TRUST_COOL_DOWN', 'soon'],
    ]
    for (const [name, value] of table) {
      assert.throws(() => readVariables({ [name]: value }), (error) => isGgenError(error) && error.message.startsWith(name), name)
    }
  })
})
