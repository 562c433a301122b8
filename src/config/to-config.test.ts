import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parse } from 'smol-toml'
import { type ErrorCode, GgenError } from '#core'
import type { Files, Platform } from './environment.ts'
import { type Config, type ConfigSources, toConfig } from './to-config.ts'

const LINUX: Platform = { os: 'linux', userFolder: '/home/ada', tempFolder: '/tmp', workingFolder: '/srv/project', userId: 1000 }
const PEER = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'
const OTHER = '12D3KooWAbcTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'

const file = (toml: string): Files => ({ dotGgen: false, config: { path: '/c.toml', table: parse(toml) } })

const configOf = (sources: Partial<ConfigSources>): Config =>
  toConfig({ flags: {}, env: {}, files: { dotGgen: false }, platform: LINUX, ...sources })

const refuses = (sources: Partial<ConfigSources>, code: ErrorCode, ...words: readonly string[]): void => {
  assert.throws(() => configOf(sources), (error) => {
    assert.ok(error instanceof GgenError, String(error))
    assert.equal(error.code, code)
    for (const word of words) assert.ok(error.message.includes(word), `${error.message} must name ${word}`)
    return true
  })
}

describe('toConfig', () => {
  it('fills in every default', () => {
    const config = configOf({})
    assert.deepEqual(config, {
      home: '/home/ada/.local/share/ggen',
      configPath: '/home/ada/.local/share/ggen/config.toml',
      logPath: '/home/ada/.local/share/ggen/node.log',
      socketPath: '/home/ada/.local/share/ggen/ggen.sock',
      listen: ['/ip4/0.0.0.0/tcp/4001'],
      listenIsDefault: true,
      bootstrap: [],
      mdns: true,
      network: 'main',
      light: false,
      remarks: [],
    })
    assert.ok(Object.isFrozen(config) && Object.isFrozen(config.listen) && Object.isFrozen(config.bootstrap))
  })

  it('takes flags before the environment, the environment before the file and the file before defaults', () => {
    const files = file('[p2p]\nlisten_addresses = ["/ip4/127.0.0.1/tcp/1"]\nnetwork = "from-file"\nlight = true\nmdns = false')
    const env = { GGEN_P2P_LISTEN: '/ip4/127.0.0.1/tcp/2', GGEN_NETWORK: 'from-env', GGEN_P2P_MDNS: 'on' }
    const flags = { listen: ['/ip4/127.0.0.1/tcp/3'] }
    const all = configOf({ files, env, flags })
    assert.deepEqual([all.listen, all.network, all.mdns, all.light, all.listenIsDefault], [['/ip4/127.0.0.1/tcp/3'], 'from-env', true, true, false])
    assert.deepEqual(configOf({ files, env }).listen, ['/ip4/127.0.0.1/tcp/2'])
    assert.deepEqual(configOf({ files }).listen, ['/ip4/127.0.0.1/tcp/1'])
    assert.equal(configOf({ files, flags: { mdns: true, network: 'x', light: false } }).light, false)
  })

  it('reads comma-separated addresses and drops repetitions', () => {
    const env = { GGEN_P2P_BOOTSTRAP: ` /dns4/a.example/tcp/4001 ,,/dns4/a.example/tcp/4001,${PEER}@/ip4/192.0.2.1/tcp/4001` }
    assert.deepEqual(configOf({ env }).bootstrap, ['/dns4/a.example/tcp/4001', `/ip4/192.0.2.1/tcp/4001/p2p/${PEER}`])
  })

  it('treats an empty variable as absent', () => {
    assert.deepEqual(configOf({ env: { GGEN_P2P_LISTEN: '', GGEN_P2P_MDNS: ' ', GGEN_NETWORK: '', GGEN_HOME: '' } }), configOf({}))
  })

  it('understands every spelling of the bootstrap list', () => {
    const expected = [`/ip4/192.0.2.1/tcp/4001/p2p/${PEER}`]
    const entry = `peer_id = "${PEER}", address = "/ip4/192.0.2.1/tcp/4001"`
    const spellings = [
      `[p2p]\nbootstrap = ["${expected[0]}"]`,
      `[p2p]\nbootstrap = ["${PEER}@/ip4/192.0.2.1/tcp/4001"]`,
      `[p2p]\nbootstrap = [{ ${entry} }]`,
      `[p2p]\nbootstrap = [{ ${entry.replace('4001"', `4001/p2p/${PEER}"`)} }]`,
      `[[p2p.bootstrap]]\n${entry.replace(', ', '\n')}`,
      `[p2p.bootstrap]\nenabled = true\nnodes = [{ ${entry} }]`,
      `[p2p.bootstrap]\nnodes = ["${expected[0]}"]\nmdns_enabled = false`,
    ]
    for (const toml of spellings) assert.deepEqual(configOf({ files: file(toml) }).bootstrap, expected, toml)
    assert.equal(configOf({ files: file('[p2p.bootstrap]\nmdns_enabled = false') }).mdns, false)
    assert.deepEqual(configOf({ files: file(`[p2p.bootstrap]\nenabled = false\nnodes = [{ ${entry} }]`) }).bootstrap, [])
  })

  it('remarks on keys and transports that have no effect', () => {
    const toml = '[p2p]\nlisten_addresses = ["/ip4/0.0.0.0/tcp/4001", "/ip4/0.0.0.0/udp/4001/quic-v1"]\nmdnss = true\n[p2p.dht]\ncache_size = 1\n[p2p.bootstrap]\nretry = 1\n[search]\nx = 1'
    const config = configOf({ files: file(toml) })
    assert.deepEqual(config.listen, ['/ip4/0.0.0.0/tcp/4001'])
    assert.deepEqual(config.remarks.map((remark) => remark.split(' ')[1]).sort(), ['p2p.bootstrap.retry', 'p2p.dht', 'p2p.listen_addresses:', 'p2p.mdnss'])
  })

  it('names the flag, the variable or the key of a bad value', () => {
    refuses({ flags: { listen: ['nowhere'] } }, 'address-invalid', '--listen', 'nowhere')
    refuses({ flags: { listen: [] } }, 'config-invalid', '--listen')
    refuses({ flags: { listen: ['/dns4/a.example/tcp/1'] } }, 'address-invalid', '--listen')
    refuses({ flags: { listen: Array.from({ length: 17 }, (_, port) => `/ip4/127.0.0.1/tcp/${port + 1}`) } }, 'config-invalid', '--listen', '16')
    refuses({ flags: { bootstrap: ['/ip4/999.0.0.1/tcp/1'] } }, 'address-invalid', '--bootstrap')
    refuses({ flags: { network: 'Main' } }, 'config-invalid', '--network', 'Main')
    refuses({ env: { GGEN_NETWORK: 'x'.repeat(33) } }, 'config-invalid', 'GGEN_NETWORK')
    refuses({ env: { GGEN_P2P_LISTEN: '/ip4/1.2.3.4/tcp/x' } }, 'address-invalid', 'GGEN_P2P_LISTEN')
    refuses({ env: { GGEN_P2P_BOOTSTRAP: 'x,y' } }, 'address-invalid', 'GGEN_P2P_BOOTSTRAP')
    refuses({ env: { GGEN_P2P_MDNS: 'maybe' } }, 'config-invalid', 'GGEN_P2P_MDNS', 'maybe')
    refuses({ env: { GGEN_P2P_MDNS: 'constructor' } }, 'config-invalid', 'GGEN_P2P_MDNS')
  })

  it('names file and key of a bad value in config.toml', () => {
    const table: readonly (readonly [string, ErrorCode, string])[] = [
      ['p2p = 1', 'config-invalid', 'p2p'],
      ['[p2p]\nenabled = false', 'config-invalid', 'p2p.enabled'],
      ['[p2p]\nlisten_addresses = "x"', 'config-invalid', 'p2p.listen_addresses'],
      ['[p2p]\nlisten_addresses = [1]', 'config-invalid', 'p2p.listen_addresses'],
      ['[p2p]\nlisten_addresses = ["x"]', 'address-invalid', 'p2p.listen_addresses'],
      ['[p2p]\nnetwork = 5', 'config-invalid', 'p2p.network'],
      ['[p2p]\nlight = "yes"', 'config-invalid', 'p2p.light'],
      ['[p2p]\nbootstrap = "x"', 'config-invalid', 'p2p.bootstrap'],
      ['[p2p]\nbootstrap = [1]', 'config-invalid', 'p2p.bootstrap'],
      ['[p2p]\nbootstrap = [{ peer_id = "x" }]', 'config-invalid', 'p2p.bootstrap'],
      ['[p2p]\nbootstrap = [{ peer_id = "x", address = "/ip4/1.2.3.4/tcp/1" }]', 'config-invalid', 'p2p.bootstrap'],
      ['[p2p]\nbootstrap = [{ peer_id = 1, address = "/ip4/1.2.3.4/tcp/1" }]', 'config-invalid', 'p2p.bootstrap'],
      [`[p2p.bootstrap]\nnodes = [{ peer_id = "${OTHER}", address = "/ip4/1.2.3.4/tcp/1/p2p/${PEER}" }]`, 'config-invalid', 'p2p.bootstrap.nodes'],
      ['[p2p.bootstrap]\nnodes = 1', 'config-invalid', 'p2p.bootstrap.nodes'],
      ['[p2p]\nmdns = true\n[p2p.bootstrap]\nmdns_enabled = false', 'config-invalid', 'p2p.mdns'],
    ]
    for (const [toml, code, key] of table) refuses({ files: file(toml) }, code, '/c.toml', key)
  })

  it('lets only coded errors out, whatever the sources hold', () => {
    const keys = ['enabled', 'listen_addresses', 'bootstrap', 'mdns', 'network', 'light', 'nodes', 'mdns_enabled', '__proto__', 'peer_id', 'address']
    const { value } = fc.letrec((again) => ({
      leaf: fc.oneof(fc.boolean(), fc.integer(), fc.string(), fc.constantFrom('/ip4/127.0.0.1/tcp/1', PEER, `${PEER}@/ip4/1.1.1.1/tcp/1`)),
      list: fc.array(again('value'), { maxLength: 4 }),
      table: fc.dictionary(fc.constantFrom(...keys), again('value')),
      value: fc.oneof({ maxDepth: 3 }, again('leaf'), again('list'), again('table')),
    }))
    const env = fc.dictionary(fc.constantFrom('GGEN_P2P_LISTEN', 'GGEN_P2P_BOOTSTRAP', 'GGEN_P2P_MDNS', 'GGEN_NETWORK', 'GGEN_HOME', 'XDG_RUNTIME_DIR'), fc.string())
    fc.assert(fc.property(value, env, fc.array(fc.string()), (p2p, variables, listen) => {
      try {
        const config = configOf({ files: { dotGgen: false, config: { path: '/c.toml', table: { p2p } } }, env: variables, flags: { listen } })
        assert.ok(config.listen.length > 0 && config.home.startsWith('/'))
      } catch (error) {
        assert.ok(error instanceof GgenError, String(error))
        assert.ok(['config-invalid', 'address-invalid'].includes(error.code), error.code)
      }
    }), { numRuns: 3000 })
  })
})
