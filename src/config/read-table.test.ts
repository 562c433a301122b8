import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parse } from 'smol-toml'
import { type ErrorCode, isGgenError } from '#core'
import { readTable } from './read-table.ts'
import type { Settings, SettingsReading } from './settings.ts'

const PEER = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'
const OTHER = '12D3KooWAbcTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'

const reading = (toml: string): SettingsReading => readTable({ path: '/c.toml', table: parse(toml) })
const read = (toml: string): Settings => reading(toml).settings

describe('readTable', () => {
  it('leaves the tables of other programs alone', () => {
    assert.deepEqual(reading('[project]\nname = "hybrid"\n[search]\nlimit = 3'), { settings: {}, remarks: [] })
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
    for (const toml of spellings) assert.deepEqual(read(toml).bootstrap, expected, toml)
    assert.equal(read('[p2p.bootstrap]\nmdns_enabled = false').mdns, false)
    assert.deepEqual(read(`[p2p.bootstrap]\nenabled = false\nnodes = [{ ${entry} }]`).bootstrap, [])
  })

  it('reads rates, sizes and patterns', () => {
    assert.deepEqual(read('[limits]\nup = "5MB"\ndown = 1000000\nper_peer = "8 Mbit/s"').limits, { up: 5_000_000, down: 1_000_000, perPeer: 1_000_000 })
    assert.deepEqual(read('[limits]\nup = "none"').limits, {})
    assert.deepEqual([read('[storage]\nquota = "10GB"').quota, read('[storage]\nquota = "none"').quota, read('[storage]').quota], [1e10, 'none', undefined])
    assert.deepEqual(read('[seed]\nfollow = ["io.ggen.*", " io.ggen.*", "a"]').seed, { follow: ['io.ggen.*', 'a'], all: false })
    assert.deepEqual([read('[p2p]\nsync_every = "5 min"').syncEveryMs, read('[p2p]\nsync_every = 30').syncEveryMs], [300_000, 30_000])
    assert.deepEqual(read('[seed]\nall = true').seed, { follow: [], all: true })
    assert.deepEqual(['5000', '"5000"', 'false', '"off"', '0'].map((port) => read(`[p2p]\nbulk_port = ${port}`).bulkPort), [5000, 5000, 'off', 'off', 0])
    assert.deepEqual(reading('[limits]\nupp = 1\n[storage]\nx = 1\n[seed]\nfolow = []').remarks, [
      '/c.toml: limits.upp has no effect', '/c.toml: storage.x has no effect', '/c.toml: seed.folow has no effect',
    ])
  })

  it('reads the port for programs', () => {
    assert.deepEqual(['4003', '"4003"', 'false', '"off"'].map((port) => read(`[control]\nport = ${port}`).controlPort), [4003, 4003, 'off', 'off'])
    assert.equal(read('[control]').controlPort, undefined)
    assert.deepEqual(reading('[control]\nprt = 1').remarks, ['/c.toml: control.prt has no effect'])
  })

  it('reads whom the operator trusts', () => {
    const id = `bafyrei${'a'.repeat(52)}`
    const { firstUse, coolDownMs, namespaces } = read(`[trust]\nfirst_use = "accept"\ncool_down = "2 d"\nnamespaces = { "io.acme.*" = "${id}" }`)
    assert.deepEqual([firstUse, coolDownMs, [...(namespaces ?? [])]], ['accept', 172_800_000, [['io.acme.*', id]]])
    assert.deepEqual([read('[trust]\ncool_down = 0').coolDownMs, read('[trust]').firstUse], [0, undefined])
  })

  it('remarks on keys and transports that have no effect', () => {
    const { settings, remarks } = reading([
      '[p2p]', 'listen_addresses = ["/ip4/0.0.0.0/tcp/4001", "/ip4/0.0.0.0/udp/4001/quic-v1"]', 'mdnss = true',
      '[p2p.dht]', 'cache_size = 1', '[p2p.bootstrap]', 'retry = 1',
    ].join('\n'))
    assert.deepEqual(settings.listen, ['/ip4/0.0.0.0/tcp/4001'])
    assert.deepEqual(remarks.map((remark) => remark.split(' ')[1]), ['p2p.listen_addresses:', 'p2p.mdnss', 'p2p.dht', 'p2p.bootstrap.retry'])
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
      ['[p2p]\nbulk_port = true', 'config-invalid', 'p2p.bulk_port'],
      ['[p2p]\nbulk_port = 65536', 'config-invalid', 'p2p.bulk_port'],
      ['[p2p]\nbulk_port = -1', 'config-invalid', 'p2p.bulk_port'],
      ['[control]\nport = 0', 'config-invalid', 'control.port'],
      ['[control]\nport = true', 'config-invalid', 'control.port'],
      ['control = 1', 'config-invalid', 'control'],
      ['limits = 1', 'config-invalid', 'limits'],
      ['[limits]\nup = true', 'config-invalid', 'limits.up'],
      ['[limits]\ndown = "fast"', 'config-invalid', 'limits.down'],
      ['[limits]\ndown = 0.5', 'config-invalid', 'limits.down'],
      ['[limits]\nper_peer = 5', 'config-invalid', 'limits.per_peer'],
      ['[storage]\nquota = "0"', 'config-invalid', 'storage.quota'],
      ['[storage]\ncatalogue_quota = "0"', 'config-invalid', 'storage.catalogue_quota'],
      ['[seed]\nfollow = "a"', 'config-invalid', 'seed.follow'],
      ['[seed]\nfollow = [1]', 'config-invalid', 'seed.follow'],
      ['[seed]\nfollow = [""]', 'config-invalid', 'seed.follow'],
      ['[seed]\nall = 1', 'config-invalid', 'seed.all'],
      ['[trust]\nfirst_use = "yes"', 'config-invalid', 'trust.first_use'],
      ['[trust]\ncool_down = "31 d"', 'config-invalid', 'trust.cool_down'],
      ['[trust]\nnamespaces = 1', 'config-invalid', 'trust.namespaces'],
      ['[trust]\nnamespaces = { a = "x" }', 'config-invalid', 'trust.namespaces'],
    ]
    for (const [toml, code, key] of table) {
      assert.throws(() => read(toml), (error) => isGgenError(error, code) && error.message.startsWith(`/c.toml: ${key}`), toml)
    }
  })
})
