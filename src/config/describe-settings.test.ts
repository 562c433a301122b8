import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settingsTables, withTables } from './describe-settings.ts'

describe('the tables of the reference', () => {
  it('have a row for each setting, and cells that do not break them', () => {
    const tables = settingsTables()
    assert.match(tables['settings'] ?? '', /^\| nodes to connect to first \| `--bootstrap ADDRESS…` \| `GGEN_P2P_BOOTSTRAP` \| `p2p\.bootstrap` \| none \|$/m)
    assert.match(tables['settings'] ?? '', /^\| limit of what is sent \| `ggen p2p limit --up` \| {2}\| `limits\.up` \| none \|$/m)
    assert.match(tables['spellings'] ?? '', /^\| `p2p\.mdns` \| `p2p\.bootstrap\.mdns_enabled`, /m)
    assert.match(tables['idle'] ?? '', /^\| {2}\| `RUST_LOG` \| /m)
    for (const table of Object.values(tables)) {
      const columns = table.split('\n').map((line) => line.split('|').length)
      assert.equal(new Set(columns).size, 1)
    }
  })

  it('are put between their marks, and nowhere else', () => {
    const page = Object.keys(settingsTables()).map((name) => `before\n<!-- ${name} -->\n\nSTALE\n\n<!-- /${name} -->\nafter`).join('\n')
    const made = withTables(page)
    assert.ok(!made.includes('STALE') && made.includes('before') && made.endsWith('after'))
    assert.equal(withTables(made), made)
    assert.throws(() => withTables('no marks'), RangeError)
  })
})
