import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parse } from 'smol-toml'
import { type ErrorCode, isGgenError } from '#core'
import type { ConfigFile } from './environment.ts'
import { readFile } from './read-file.ts'
import { type Reading, readSettings, type SettingsSources } from './read-settings.ts'

const file = (toml: string, path = '/c.toml'): ConfigFile => ({ path, table: parse(toml) })
const read = (sources: Partial<Omit<SettingsSources, 'files'>> & Partial<SettingsSources['files']>): Reading => {
  const { flags = {}, env = {}, ...files } = sources
  return readSettings({ flags, env, files: { dotGgen: false, ...files } })
}

describe('readSettings', () => {
  it('takes options before variables, these before the project, that before the files of the user, and says where each came from', () => {
    const config = file('[registry]\nmode = "p2p"\nprefer = "p2p-first"\n[p2p]\nnetwork = "of-file"\nmdns = false\nlight = true')
    const older = file('[network]\nmax_connections = 50\n[p2p]\nmdns = true', '/p2p-config.toml')
    const project = file('[project]\nname = "x"\n[registry]\nmode = "central"', '/srv/ggen.toml')
    const { values, origins } = read({ config, older, project, env: { GGEN_NETWORK: 'of-env', GGEN_P2P_MDNS: 'on' }, flags: { network: 'of-flag' } })
    assert.deepEqual(
      [values.network, values.mdns, values.mode, values.prefer, values.light, values.maxConnections, values.gossip],
      ['of-flag', true, 'central', 'p2p-first', true, 50, true],
    )
    assert.deepEqual(
      [origins.network, origins.mdns, origins.mode, origins.prefer, origins.maxConnections, origins.gossip].map(({ kind, name }) => `${kind} ${name}`.trim()),
      [
        'option --network', 'variable GGEN_P2P_MDNS', 'file /srv/ggen.toml: registry.mode', 'file /c.toml: registry.prefer',
        'file /p2p-config.toml: network.max_connections', 'default',
      ],
    )
  })

  it('reads the example of every document of before', () => {
    const peer = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'
    const documents = [
      `[p2p]\nenabled = true\nlisten_addresses = ["/ip4/0.0.0.0/tcp/4001", "/ip4/0.0.0.0/udp/4001/quic-v1"]
        [p2p.bootstrap]\nenabled = true\nmdns_enabled = true\nnodes = [{ peer_id = "${peer}", address = "/ip4/192.0.2.1/tcp/4001" }]
        [p2p.dht]\nreplication_factor = 20\nquery_timeout = 60\ncache_size = 1000
        [p2p.gossipsub]\nmesh_n = 6\nmesh_n_low = 4\nmesh_n_high = 12`,
      `[registry]\nmode = "hybrid"\ncentral_url = "https://registry.example"
        [registry.p2p]\nenabled = true\nlisten_addrs = ["/ip4/0.0.0.0/tcp/4001", "/ip6/::/tcp/4001"]
        [[registry.p2p.bootstrap]]\npeer_id = "${peer}"\naddress = "/dns4/bootstrap.example/tcp/4001"
        [registry.p2p.tuning]\nmax_connections = 50\ndht_replication_factor = 20\nrequest_timeout_secs = 30`,
      `[network]\nlisten_addresses = ["/ip4/0.0.0.0/tcp/0"]\nprotocols = ["TCP", "QUIC"]\nmax_connections = 100\nconnection_timeout = 30\nidle_timeout = 300
        [security]\nnoise_enabled = true\nkey_type = "Ed25519"\nenable_tls = true\nmin_peer_reputation = 0.7\nban_threshold = 10
        [bootstrap]\nenabled = true\nnodes = []\nmdns_enabled = true\nretry_interval = 300
        [dht]\nprotocol_name = "/ggen/marketplace/1.0.0"\nreplication_factor = 20\nquery_timeout = 60\nprovider_record_ttl = 86400\ncache_size = 1000
        [gossipsub]\nheartbeat_interval = 1000\nhistory_length = 5\nhistory_gossip = 3\nmesh_n = 6\nmesh_n_low = 4\nmesh_n_high = 12
        topic_prefix = "ggen-marketplace"`,
      `[performance]\nmax_peers = 50\nmin_peers = 5\ndht_query_timeout = 30\ngossipsub_heartbeat = 10
        [storage]\ncache_dir = "~/.ggen/p2p-cache"\nmax_cache_size = 1024
        [search]\nmin_reputation = 0.5\ndefault_limit = 20\n[location]\nlatitude = 37.77\nlongitude = -122.42\nregion = "us-west"
        [cache]\nttl_minutes = 5`,
      '[p2p]\nbootstrap_nodes = []\npackages_topic = "/ggen/packages/v1"\ndht_server_mode = true\nquery_timeout_secs = 30',
    ]
    const values = documents.map((toml) => read({ config: file(toml) }).values)
    assert.deepEqual(values.map(({ queryTimeoutMs }) => queryTimeoutMs), [60_000, 10_000, 60_000, 30_000, 30_000])
    assert.deepEqual(values.map(({ maxConnections }) => maxConnections), [200, 50, 100, 50, 200])
    assert.deepEqual([values[1]?.requestTimeoutMs, values[3]?.heartbeatMs, values[3]?.quota, values[2]?.heartbeatMs], [10_000, 10_000, 1_024_000_000, 1000])
    assert.deepEqual(values[1]?.bootstrap, [`/dns4/bootstrap.example/tcp/4001/p2p/${peer}`])
  })

  it('refuses keys and tables that mean nothing, with the nearest that does', () => {
    const table: readonly (readonly [string, string, string | undefined])[] = [
      ['[p2p]\nlihgt = true', '/c.toml: p2p.lihgt: no such key', 'did you mean p2p.light?'],
      ['[p2p.gossipsub]\nmesh_m = 6', '/c.toml: p2p.gossipsub.mesh_m: no such key', 'did you mean p2p.gossipsub.mesh_n?'],
      ['[registy]\nmode = "p2p"', '/c.toml: registy: no such table', 'did you mean registry?'],
      ['[storage]\nx = 1', '/c.toml: storage.x: no such key', 'ggen config show lists every key'],
      ['mode = "p2p"', '/c.toml: mode: no such key', 'ggen config show lists every key'],
      ['"p2p.light" = true', '/c.toml: p2p.light: no such key', 'did you mean p2p.light?'],
      ['[p2p]\nlight = { a = 1 }', '/c.toml: p2p.light: must be true or false', undefined],
      ['p2p = 1', '/c.toml: p2p: must be a table', undefined],
    ]
    for (const [toml, message, hint] of table) {
      const isSo = (error: unknown): boolean => isGgenError(error, 'config-invalid') && error.message === message && (hint === undefined || error.hint === hint)
      assert.throws(() => read({ config: file(toml) }), isSo, toml)
    }
  })

  it('leaves the tables of other programs alone in a shared file, and only there', () => {
    const toml = '[project]\nname = "x"\n[security]\nshell_injection_protection = true\n[cache]\nstrategy = "lru"\n[p2p]\nlight = true'
    assert.equal(read({ config: file(toml, '/srv/ggen.toml') }).values.light, true)
    assert.throws(() => read({ config: file(toml) }), (error) => isGgenError(error, 'config-invalid'))
    assert.equal(readFile(file(toml), { isShared: true, isProject: false }, () => undefined).size, 1)
  })

  it('lets no project change the node, the keys, the addresses or the trust of whoever looks at it', () => {
    const dangerous = [
      '[p2p]\nlisten_addresses = ["/ip4/0.0.0.0/tcp/1"]', '[p2p]\nidentity_path = "/etc/key"', '[p2p]\nbootstrap = []', '[trust]\nfirst_use = "accept"',
      '[trust]\nnamespaces = {}', '[registry]\ncentral_url = "https://evil.example"', '[registry]\ntoken = "x"', '[registry]\nprivate = []',
      '[registry]\ncentral_private = true', '[control]\nport = 1', '[seed]\nall = true', '[limits]\nup = 1000000',
    ]
    for (const toml of dangerous) {
      const isSo = (error: unknown): boolean =>
        isGgenError(error, 'config-invalid') && /a project may not say that/.test(error.message) && /--config/.test(error.hint)
      assert.throws(() => read({ project: file(toml, '/srv/ggen.toml') }), isSo, toml)
    }
    assert.throws(() => read({ project: file('[p2p]\nlihgt = true', '/srv/ggen.toml') }), (error) => isGgenError(error, 'config-invalid'))
    assert.deepEqual(read({ project: file('[registry]\nprefer = "p2p-first"') }).values.prefer, 'p2p-first')
  })

  it('takes the same thing in two spellings when they agree, and refuses it when they do not', () => {
    assert.equal(read({ config: file('[p2p]\nmdns = false\n[p2p.bootstrap]\nmdns_enabled = false') }).values.mdns, false)
    const message = '/c.toml: p2p.bootstrap.mdns_enabled: says something else than p2p.mdns, which means the same; keep one of them'
    const isSo = (error: unknown): boolean => isGgenError(error, 'config-invalid') && error.message === message
    assert.throws(() => read({ config: file('[p2p]\nmdns = true\n[p2p.bootstrap]\nmdns_enabled = false') }), isSo)
  })

  it('adds up private names, so that nobody can make them public', () => {
    const older = file('[registry]\nprivate = ["@acme/*"]', '/o.toml')
    const { values, origins } = read({ older, config: file('[registry]\nprivate = ["@other/*", "@acme/*"]') })
    assert.deepEqual(values.privateNames, ['@acme/*', '@other/*'])
    assert.equal(origins.privateNames.name, '/o.toml: registry.private and /c.toml: registry.private')
  })

  it('takes the first of two variables that mean the same, and no empty or inherited one', () => {
    assert.equal(read({ env: { GGEN_REGISTRY_TOKEN: 'a', GGEN_PUBLISH_TOKEN: 'b' } }).values.token, 'a')
    assert.equal(read({ env: { GGEN_REGISTRY_TOKEN: ' ', GGEN_PUBLISH_TOKEN: 'b' } }).values.token, 'b')
    assert.equal(read({ env: Object.create({ GGEN_NETWORK: 'x' }) as Record<string, string> }).values.network, 'main')
  })

  it('says of everything that has no effect why, unless it is what happens anyway', () => {
    const remarks = (sources: Parameters<typeof read>[0]): readonly string[] => read(sources).remarks
    assert.deepEqual(remarks({ config: file('[security]\nnoise_enabled = true\nkey_type = "ed25519"\n[p2p]\nprotocols = ["TCP"]') }), [])
    assert.match(remarks({ config: file('[location]\nregion = "eu"') }).join(), /^\/c\.toml: location\.region has no effect: /)
    assert.match(remarks({ config: file('[security]\nnoise_enabled = false') }).join(), /no effect: connections are always encrypted/)
    assert.match(remarks({ env: { GGEN_CACHE_DIR: '/x' } }).join(), /^GGEN_CACHE_DIR has no effect: /)
    assert.match(remarks({ flags: { topic: '/ggen/packages/v1' } }).join(), /^--topic has no effect: /)
    assert.deepEqual(remarks({ env: { RUST_LOG: 'debug', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' } }), [], 'they are set for others')
  })

  it('remarks on variables with a typing error in their names', () => {
    const { remarks } = read({ env: { GGEN_P2P_MAX_CONECTIONS: '5', GGEN_LONG: '1', PATH: '/bin', GGEN_P2P_LSTEN: '' } })
    assert.deepEqual(remarks, ['GGEN_P2P_MAX_CONECTIONS means nothing; did you mean GGEN_P2P_MAX_CONNECTIONS?'])
  })

  it('names the option, the variable, or file and key of a wrong value', () => {
    const wrong: readonly (readonly [Parameters<typeof read>[0], ErrorCode, string])[] = [
      [{ flags: { listen: ['nowhere'] } }, 'address-invalid', '--listen: '], [{ flags: { bulkPort: 'x' } }, 'config-invalid', '--bulk-port: '],
      [{ flags: { network: 'No' } }, 'config-invalid', '--network: '], [{ env: { GGEN_P2P_BOOTSTRAP: 'x' } }, 'address-invalid', 'GGEN_P2P_BOOTSTRAP: '],
      [{ env: { GGEN_P2P_DHT_SERVER: 'x' } }, 'config-invalid', 'GGEN_P2P_DHT_SERVER: '],
      [{ config: file('[search]\ndefault_limit = 0') }, 'config-invalid', '/c.toml: search.default_limit: '],
      [{ env: { GGEN_GOSSIP_MESH_SIZE: '1' } }, 'config-invalid', 'GGEN_GOSSIP_MESH_SIZE: '],
      [{ env: { GGEN_P2P_MAX_CONNECTIONS: '3' } }, 'config-invalid', 'GGEN_P2P_MAX_CONNECTIONS: '],
    ]
    for (const [sources, code, beginning] of wrong) {
      assert.throws(() => read(sources), (error) => isGgenError(error, code) && error.message.startsWith(beginning), beginning)
    }
  })
})
