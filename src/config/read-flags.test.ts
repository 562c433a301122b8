import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { readFlags } from './read-flags.ts'

describe('readFlags', () => {
  it('says nothing about what was not typed', () => {
    assert.deepEqual(readFlags({}), { settings: {}, remarks: [] })
  })

  it('reads every option', () => {
    const same = { listen: ['/ip6/::/tcp/0'], bootstrap: ['/dns4/a.example/tcp/1'], network: 'team-7', mdns: false, light: true }
    const { settings } = readFlags({ ...same, bulkPort: '4003', controlPort: '4004' })
    assert.deepEqual(settings, { ...same, bulkPort: 4003, controlPort: 4004 })
  })

  it('names the option of a bad value', () => {
    assert.throws(() => readFlags({ listen: ['nowhere'] }), (error) => isGgenError(error, 'address-invalid') && /--listen.*nowhere/.test(error.message))
    assert.throws(() => readFlags({ bootstrap: ['/ip4/999.1.1.1'] }), (error) => isGgenError(error, 'address-invalid') && /--bootstrap/.test(error.message))
    assert.throws(() => readFlags({ bulkPort: '65536' }), (error) => isGgenError(error, 'config-invalid') && /--bulk-port.*65536/.test(error.message))
    assert.throws(() => readFlags({ controlPort: '0' }), (error) => isGgenError(error, 'config-invalid') && /--control-port/.test(error.message))
    assert.throws(() => readFlags({ network: 'Main' }), (error) => isGgenError(error, 'config-invalid') && /--network.*Main/.test(error.message))
  })
})
