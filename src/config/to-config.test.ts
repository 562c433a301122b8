import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parse } from 'smol-toml'
import { GgenError, isGgenError, LIMITS, parseMultiaddr, USUAL_TUNING } from '#core'
import type { Files, Platform } from './environment.ts'
import type { Config } from './config.ts'
import { type ConfigSources, toConfig } from './to-config.ts'

const LINUX: Platform = { os: 'linux', userFolder: '/home/ada', tempFolder: '/tmp', workingFolder: '/srv/project', userId: 1000 }
const PEER = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'

const file = (toml: string): Files => ({ dotGgen: false, config: { path: '/c.toml', table: parse(toml) } })

const configOf = (sources: Partial<ConfigSources>): Config =>
  toConfig({ flags: {}, env: {}, files: { dotGgen: false }, platform: LINUX, ...sources })

describe('toConfig', () => {
  it('fills in every default', () => {
    const { settings, ...config } = configOf({})
    assert.deepEqual(config, {
      home: '/home/ada/.local/share/ggen',
      configPath: '/home/ada/.local/share/ggen/config.toml',
      olderConfigPath: '/home/ada/.local/share/ggen/p2p-config.toml',
      networkPath: '/home/ada/.local/share/ggen/keys/network.ticket',
      logPath: '/home/ada/.local/share/ggen/node.log',
      socketPath: '/home/ada/.local/share/ggen/ggen.sock',
      agentSocketPath: '/home/ada/.local/share/ggen/agent.sock',
      controlTokenPath: '/home/ada/.local/share/ggen/control.token',
      npmTokenPath: '/home/ada/.local/share/ggen/npm.token',
      listen: ['/ip4/0.0.0.0/tcp/4001'],
      listenIsDefault: true,
      bootstrap: [],
      mdns: true,
      network: 'main',
      joined: undefined,
      isNetworkPrivate: false,
      dataFolder: '/home/ada/.local/share/ggen',
      gossip: true,
      syncEveryMs: LIMITS.syncEveryMs,
      light: false,
      publishes: true,
      idleExitMs: undefined,
      bulkPort: 4002,
      bulkPortIsDefault: true,
      controlPort: undefined,
      httpPort: 4003,
      httpPortIsDefault: true,
      limits: {},
      quotaBytes: LIMITS.blobQuotaBytes,
      catalogueQuotaBytes: LIMITS.catalogueQuotaBytes,
      seed: { follow: [], all: false },
      registry: {
        mode: 'hybrid', prefer: 'central-first', centralUrl: undefined, centralIsPrivate: false, token: undefined, tokens: new Map(), privateNames: [],
        timeoutMs: 5000, retries: 3, cachePackages: 1000, cacheTtlMs: 300_000,
      },
      npm: { acceptedKeys: [], denied: [], minAgeMs: 0, routes: new Map(), believesTeam: false },
      tuning: USUAL_TUNING,
      peerKeyPath: undefined,
      tokensPath: '/home/ada/.local/share/ggen/registry-tokens.json',
      searchLimit: 20,
      disabledBy: undefined,
      trust: { firstUse: 'ask', domains: true, coolDownMs: LIMITS.coolDownMs, namespaces: new Map() },
      remarks: [],
    })
    assert.ok(settings.length > 40 && settings.every(({ by, idle, from }) => by === 'node' && idle === undefined && from.kind === 'default'))
    assert.ok(Object.isFrozen(configOf({})) && Object.isFrozen(config.listen) && Object.isFrozen(config.bootstrap))
  })

  it('takes name, addresses and cool-down of a private network, keeps its data apart, and refuses another name', () => {
    const peers = ['/ip4/192.0.2.1/tcp/1', '/ip4/192.0.2.2/tcp/1'].map(parseMultiaddr)
    const network = { path: '/n', name: 'acme', key: new Uint8Array(32), bootstrap: peers.slice(0, 1), follow: [] }
    const files: Files = { dotGgen: false, network }
    const config = configOf({ files, flags: { bootstrap: peers.slice(1) } })
    assert.deepEqual([config.network, config.isNetworkPrivate, config.trust.coolDownMs, config.bootstrap], ['acme', true, 0, peers])
    assert.match(config.dataFolder, /^\/home\/ada\/.local\/share\/ggen\/networks\/acme-[0-9a-f]{8}$/)
    assert.notEqual(config.dataFolder, configOf({ files: { ...files, network: { ...network, key: new Uint8Array(32).fill(1) } } }).dataFolder)
    const [own] = config.settings.filter(({ key }) => key === 'p2p.network')
    assert.equal(own?.from.name, '/n: network')
    assert.equal(configOf({ files, env: { GGEN_TRUST_COOL_DOWN: '1h' } }).trust.coolDownMs, 3_600_000)
    assert.equal(configOf({ files, env: { GGEN_NETWORK: 'acme' } }).network, 'acme')
    const others: readonly Partial<ConfigSources>[] = [
      { files, env: { GGEN_NETWORK: 'x' } }, { files, flags: { network: 'main' } }, { files: { ...file('[p2p]\nnetwork = "x"'), network } },
    ]
    for (const other of others) assert.throws(() => configOf(other), (error) => isGgenError(error, 'config-invalid') && error.message.includes('acme'))
    assert.equal(configOf({ env: { GGEN_NETWORK: 'x' } }).isNetworkPrivate, true)
  })

  it('takes flags before the environment, the environment before the file and the file before defaults', () => {
    const files = file('[p2p]\nlisten_addresses = ["/ip4/127.0.0.1/tcp/1"]\nnetwork = "from-file"\nlight = true\nmdns = false')
    const env = { GGEN_P2P_LISTEN: '/ip4/127.0.0.1/tcp/2', GGEN_NETWORK: 'from-env', GGEN_P2P_MDNS: 'on' }
    const flags = { listen: ['/ip4/127.0.0.1/tcp/3'] }
    const all = configOf({ files, env, flags })
    assert.deepEqual([all.listen, all.network, all.mdns, all.light, all.listenIsDefault], [['/ip4/127.0.0.1/tcp/3'], 'from-env', true, true, false])
    assert.deepEqual(configOf({ files, env }).listen, ['/ip4/127.0.0.1/tcp/2'])
    assert.deepEqual(configOf({ files }).listen, ['/ip4/127.0.0.1/tcp/1'])
    assert.equal(configOf({ files: file('[p2p]\ngossip = false') }).gossip, false)
    assert.equal(configOf({ files, flags: { mdns: true, network: 'x', light: false } }).light, false)
  })

  it('takes the bulk port from the first that names one, where 0 stands for the usual one', () => {
    const port = (typed?: string, env?: string, toml?: string): readonly unknown[] => {
      const { bulkPort, bulkPortIsDefault } = configOf({
        flags: typed === undefined ? {} : { bulkPort: typed },
        env: env === undefined ? {} : { GGEN_BULK_PORT: env },
        files: toml === undefined ? { dotGgen: false } : file(`[p2p]\nbulk_port = ${toml}`),
      })
      return [bulkPort, bulkPortIsDefault]
    }
    assert.deepEqual(port('5001', '5002', '5003'), [5001, false])
    assert.deepEqual(port(undefined, '5002', '5003'), [5002, false])
    assert.deepEqual(port(undefined, undefined, '5003'), [5003, false])
    assert.deepEqual(port(undefined, undefined, 'false'), [undefined, false])
    assert.deepEqual(port(undefined, 'off', '5003'), [undefined, false])
    assert.deepEqual(port('0', 'off', '5003'), [4002, true])
  })

  it('takes limits, quota and what to seed from the file', () => {
    const toml = '[limits]\nup = "8 Mbit"\n[storage]\nquota = "none"\n[seed]\nfollow = ["io.ggen.*"]\nall = true'
    const { limits, quotaBytes, seed } = configOf({ files: file(toml) })
    assert.deepEqual([limits, quotaBytes, seed], [{ up: 1_000_000 }, undefined, { follow: ['io.ggen.*'], all: true }])
    assert.equal(configOf({ files: file('[storage]\nquota = "1GB"') }).quotaBytes, 1e9)
    const catalogue = (quota: string): number | undefined => configOf({ files: file(`[storage]\ncatalogue_quota = ${quota}`) }).catalogueQuotaBytes
    assert.deepEqual([catalogue('"500MB"'), catalogue('"none"')], [5e8, undefined])
  })

  it('reads comma-separated addresses and drops repetitions', () => {
    const env = { GGEN_P2P_BOOTSTRAP: ` /dns4/a.example/tcp/4001 ,,/dns4/a.example/tcp/4001,${PEER}@/ip4/192.0.2.1/tcp/4001` }
    assert.deepEqual(configOf({ env }).bootstrap, ['/dns4/a.example/tcp/4001', `/ip4/192.0.2.1/tcp/4001/p2p/${PEER}`])
  })

  it('treats an empty variable as absent', () => {
    assert.deepEqual(configOf({ env: { GGEN_P2P_LISTEN: '', GGEN_P2P_MDNS: ' ', GGEN_NETWORK: '', GGEN_HOME: '' } }), configOf({}))
  })

  it('follows from one number what others must be', () => {
    const mesh = (env: Readonly<Record<string, string>>, toml = ''): readonly number[] => {
      const { meshLow, meshSize, meshHigh } = configOf({ env, files: file(toml) }).tuning
      return [meshLow, meshSize, meshHigh]
    }
    assert.deepEqual([mesh({}), mesh({ GGEN_GOSSIP_MESH_SIZE: '3' }), mesh({ GGEN_GOSSIP_MESH_SIZE: '10' })], [[4, 6, 12], [3, 3, 12], [4, 10, 20]])
    const isSo = (error: unknown): boolean => isGgenError(error, 'config-invalid') && error.message.startsWith('/c.toml: ')
    const bent = (toml: string): void => assert.throws(() => configOf({ files: file(toml) }), isSo)
    bent('[p2p.gossipsub]\nmesh_n = 6\nmesh_n_low = 7')
    bent('[p2p.gossipsub]\nmesh_n_high = 5')
    bent('[p2p.gossipsub]\nhistory_length = 2')
    bent('[p2p]\nlight = true\ndht_server = true')
    const serves = ['[p2p]\nlight = true', '[p2p]\ndht_server = false', ''].map((toml) => configOf({ files: file(toml) }).tuning.isDhtServer)
    assert.deepEqual(serves, [false, false, true])
  })

  it('knows where it is said that there shall be no node', () => {
    assert.equal(configOf({ files: file('[registry.p2p]\nenabled = false') }).disabledBy, '/c.toml: registry.p2p.enabled')
  })

  it('connects to no node of a file where that says so, but to those of the command line', () => {
    const files = file('[p2p.bootstrap]\nenabled = false\nnodes = ["/dns4/a.example/tcp/1"]')
    assert.deepEqual(configOf({ files }).bootstrap, [])
    assert.deepEqual(configOf({ files, flags: { bootstrap: ['/dns4/b.example/tcp/1'] } }).bootstrap, ['/dns4/b.example/tcp/1'])
  })

  it('says that the public network is told of private names, which it is not asked for', () => {
    const secret = file('[registry]\nprivate = ["@acme/*"]')
    assert.match(configOf({ files: secret }).remarks.join(), /registry\.private: the public network is not asked .* but this node tells it/)
    assert.deepEqual(configOf({ files: secret, flags: { network: 'acme' } }).remarks, [])
    assert.deepEqual(configOf({}).remarks, [])
  })

  it('finds the key of the node from the home folder or that of the user', () => {
    const path = (text: string): string | undefined => configOf({ files: file(`[p2p]\nidentity_path = "${text}"`), env: { GGEN_HOME: '/h' } }).peerKeyPath
    assert.deepEqual([path('/a/b'), path('peer.key'), path('~/peer.key')], ['/a/b', '/h/peer.key', '/home/ada/peer.key'])
  })

  it('lets only coded errors out, whatever the sources hold', () => {
    const keys = [
      'enabled', 'listen_addresses', 'bootstrap', 'mdns', 'network', 'gossip', 'light', 'nodes', 'mdns_enabled', '__proto__',
      'peer_id', 'address', 'bulk_port', 'up', 'quota', 'catalogue_quota', 'follow', 'all',
    ]
    const { value } = fc.letrec((again) => ({
      leaf: fc.oneof(fc.boolean(), fc.integer(), fc.string(), fc.constantFrom('/ip4/127.0.0.1/tcp/1', PEER, `${PEER}@/ip4/1.1.1.1/tcp/1`)),
      list: fc.array(again('value'), { maxLength: 4 }),
      table: fc.dictionary(fc.constantFrom(...keys), again('value')),
      value: fc.oneof({ maxDepth: 3 }, again('leaf'), again('list'), again('table')),
    }))
    const variables = ['GGEN_BULK_PORT', 'GGEN_P2P_LISTEN', 'GGEN_P2P_BOOTSTRAP', 'GGEN_P2P_MDNS', 'GGEN_NETWORK', 'GGEN_HOME', 'XDG_RUNTIME_DIR']
    const table = fc.dictionary(fc.constantFrom('p2p', 'limits', 'storage', 'seed', 'other'), value)
    const anyEnv = fc.dictionary(fc.constantFrom(...variables), fc.string())
    fc.assert(fc.property(table, anyEnv, fc.array(fc.string()), (table, env, listen) => {
      try {
        const config = configOf({ files: { dotGgen: false, config: { path: '/c.toml', table } }, env, flags: { listen } })
        assert.ok(config.listen.length > 0 && config.home.startsWith('/'))
      } catch (error) {
        assert.ok(error instanceof GgenError, String(error))
        assert.ok(['config-invalid', 'address-invalid'].includes(error.code), error.code)
      }
    }), { numRuns: 3000 })
  })
})
