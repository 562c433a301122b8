import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setting, spellingsOf } from './setting.ts'
import { yesOrNo, type Place } from './kind.ts'
import { KEYS, OTHER_VARIABLES, ROWS } from './settings.ts'

const PLACE: Place = { from: 'HERE', remark: () => assert.fail('no remark') }

/** Every key that documents of before name, as they spell it. */
const SEED_KEYS = `
  p2p.enabled p2p.listen_addresses p2p.bootstrap.enabled p2p.bootstrap.nodes p2p.bootstrap.mdns_enabled p2p.bootstrap
  p2p.dht.replication_factor p2p.dht.query_timeout p2p.dht.cache_size p2p.gossipsub.mesh_n p2p.gossipsub.mesh_n_low p2p.gossipsub.mesh_n_high
  registry.mode registry.central_url registry.p2p.enabled registry.p2p.listen_addrs registry.p2p.bootstrap
  registry.p2p.tuning.max_connections registry.p2p.tuning.dht_replication_factor registry.p2p.tuning.request_timeout_secs
  p2p.network.listen_addresses p2p.network.protocols p2p.network.max_connections p2p.network.connection_timeout p2p.network.idle_timeout
  network.listen_addresses network.protocols network.max_connections network.connection_timeout network.idle_timeout
  p2p.security.noise_enabled p2p.security.key_type p2p.security.identity_path security.noise_enabled security.key_type security.identity_path
  p2p.bootstrap.retry_interval p2p.bootstrap.min_peers
  p2p.dht.protocol_name p2p.dht.provider_record_ttl
  p2p.gossipsub.heartbeat_interval p2p.gossipsub.history_length p2p.gossipsub.history_gossip p2p.gossipsub.topic_prefix
  p2p.bootstrap_nodes p2p.packages_topic p2p.dht_server_mode p2p.query_timeout_secs
  performance.max_peers performance.min_peers performance.dht_query_timeout performance.gossipsub_heartbeat
  storage.cache_dir storage.max_cache_size security.enable_tls security.min_peer_reputation security.ban_threshold
  search.min_reputation search.default_limit location.latitude location.longitude location.region cache.max_size_mb cache.ttl_minutes
`.trim().split(/\s+/)

const SEED_VARIABLES = [
  'GGEN_P2P_LISTEN', 'GGEN_P2P_MAX_CONNECTIONS', 'GGEN_DHT_REPLICATION', 'GGEN_DHT_QUERY_TIMEOUT', 'GGEN_GOSSIP_MESH_SIZE', 'GGEN_P2P_BOOTSTRAP',
  'GGEN_P2P_DHT_SERVER', 'RUST_LOG', 'GGEN_REGISTRY_URL', 'GGEN_REGISTRY_TOKEN', 'GGEN_PUBLISH_TOKEN', 'GGEN_CACHE_DIR', 'GGEN_HOME',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
]

describe('the table of settings', () => {
  it('has every key and every variable that documents of before name', () => {
    assert.deepEqual(SEED_KEYS.filter((key) => !KEYS.has(key)), [])
    const variables = [...ROWS.flatMap(([, row]) => row.variables ?? []), ...OTHER_VARIABLES.map(({ name }) => name)]
    assert.deepEqual(SEED_VARIABLES.filter((name) => !variables.includes(name)), [])
  })

  it('says every key, variable and option once, in one form', () => {
    const once = (names: readonly string[], form: RegExp): void => {
      assert.deepEqual(names.filter((name, index) => names.indexOf(name) !== index), [])
      assert.deepEqual(names.filter((name) => !form.test(name)), [])
    }
    once(ROWS.flatMap(([, row]) => spellingsOf(row).map(({ key }) => key)), /^[a-z0-9_]+(?:\.[a-z0-9_]+){1,3}$/)
    once(ROWS.flatMap(([, row]) => row.variables ?? []), /^[A-Z][A-Z0-9_]+$/)
    once(ROWS.flatMap(([, row]) => row.flag ?? []), /^[a-zA-Z]+$/)
    for (const [id, row] of ROWS) {
      assert.ok(row.key !== undefined || row.variables !== undefined, id)
      assert.equal(row.flag === undefined || row.option?.startsWith('--'), true, id)
    }
  })

  it('reads what is usual as it writes it, under every spelling', () => {
    for (const [id, row] of ROWS) {
      if (row.usual === undefined) continue
      for (const { kind } of spellingsOf(row)) assert.deepEqual(kind.fromToml(kind.write(row.usual), PLACE), row.usual, id)
    }
  })

  it('lets a project say nothing but what one command of it asks for', () => {
    assert.deepEqual(ROWS.filter(([, row]) => row.byProject === true).map(([id]) => id), ['mode', 'prefer'])
    assert.ok(ROWS.every(([, row]) => row.byProject !== true || row.by === 'command'))
  })

  it('knows secrets', () => {
    assert.deepEqual(ROWS.filter(([, row]) => row.isSecret === true).map(([id]) => id), ['token', 'tokens'])
  })

  it('keeps the spellings of a row together', () => {
    const row = setting({ key: 'a.b', also: ['a.c'], kind: yesOrNo, usual: true, says: 'x', by: 'node' })
    assert.deepEqual(spellingsOf(row).map(({ key }) => key), ['a.b', 'a.c'])
    assert.deepEqual(spellingsOf(setting({ variables: ['X'], kind: yesOrNo, usual: true, says: 'x', by: 'node' })), [])
  })
})
