import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { parse } from 'smol-toml'
import { GgenError } from '#core'
import { configSchema } from './config-schema.ts'
import { readFile } from './read-file.ts'
import { spellingsOf } from './setting.ts'
import { KEYS, ROWS } from './settings.ts'

const PEER = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'
const takes = new Ajv2020({ allowUnionTypes: true }).compile(configSchema())

const tableOf = (key: string, value: unknown): Record<string, unknown> =>
  key.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Record<string, unknown>

const isRead = (table: Record<string, unknown>): boolean => {
  try {
    readFile({ path: '/c.toml', table }, { isShared: false, isProject: false }, () => undefined)
    return true
  } catch (error) {
    if (error instanceof GgenError) return false
    throw error
  }
}

describe('the schema of config.toml', () => {
  it('takes what is usual, under every spelling', () => {
    for (const [, row] of ROWS) {
      if (row.usual === undefined) continue
      for (const { key, kind } of spellingsOf(row)) assert.ok(takes(tableOf(key, kind.write(row.usual))), key)
    }
  })

  it('takes both forms of the keys that have two, and refuses what is plainly wrong', () => {
    const nodes = `[[p2p.bootstrap]]\npeer_id = "${PEER}"\naddress = "/ip4/1.2.3.4/tcp/1"`
    for (const toml of ['[p2p]\nnetwork = "x"', '[p2p.network]\nmax_connections = 50', nodes]) assert.ok(takes(parse(toml)), toml)
    const wrong = [
      '[p2p]\nlihgt = true', '[p2p]\nlight = 1', '[registry]\nmode = "peers"', '[other]\nx = 1', '[p2p.gossipsub]\nmesh_n = 1', '[[p2p.bootstrap]]\nx = 1',
    ]
    for (const toml of wrong) assert.ok(!takes(parse(toml)), toml)
  })

  it('takes everything that the program takes', () => {
    const value = fc.oneof(
      fc.jsonValue(), fc.nat(300), fc.double({ noNaN: true, min: -200, max: 200 }), fc.array(fc.string()), fc.boolean(),
      fc.constantFrom('none', 'off', 'p2p', 'ask', '5 min', '10 GiB', '/ip4/0.0.0.0/tcp/1', 'file:///x', 'ed25519', 'central-first', '/ggen/packages/v1'),
      fc.constantFrom<unknown>(['TCP'], [{ peer_id: PEER, address: '/ip4/1.2.3.4/tcp/1' }], ['/ip6/::/tcp/1'], { 'io.a.*': `bafyrei${'a'.repeat(52)}` }),
    )
    let read = 0
    fc.assert(fc.property(fc.constantFrom(...KEYS.keys()), value, (key, given) => {
      const table = tableOf(key, given)
      if (!isRead(table)) return
      read += 1
      assert.ok(takes(table), `${key} = ${JSON.stringify(given)}`)
    }), { numRuns: 3000 })
    assert.ok(read > 200, `${read} were right`)
  })
})
