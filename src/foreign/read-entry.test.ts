import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError } from '#core'
import { describeEntry, digestIn, flatVersion, readVersion, refusal, shownLabel } from './read-entry.ts'

const AT = new URL('https://x.example/index.json')

describe('one entry of an index', () => {
  it('has a digest only where somebody worked one out', () => {
    const hex = 'AB'.repeat(32)
    assert.deepEqual(['abc123', 'to_be_calculated', '0'.repeat(64), undefined].map(digestIn), [undefined, undefined, undefined, undefined])
    assert.deepEqual([hex, `sha256:${hex}`].map(digestIn), Array.from({ length: 2 }, () => `sha256:${hex.toLowerCase()}`))
  })

  it('is called by its id, or by its name where the id is a title', () => {
    assert.deepEqual([describeEntry({ id: 'io.x.y', name: 'A title' }).name, describeEntry({ id: 'A title', name: 'y' }).name], ['io.x.y', 'y'])
    assert.throws(() => describeEntry({ id: 'A title', name: 'Another' }), /not a package name/)
  })

  it('says why there is no archive', () => {
    const fields = { version: '1.0.0', digest: digestIn('1'.repeat(64)), sizeBytes: undefined, address: 'all.zip' }
    assert.equal(readVersion(fields, AT).without, 'the index does not say where its archive is')
    assert.equal(readVersion({ ...fields, address: 'a.tgz' }, AT).without, undefined)
    assert.equal(flatVersion({ version: '1.0.0' }, AT).without, 'the index names no digest of its archive')
  })

  it('is shown shortened and without what a terminal acts on', () => {
    assert.equal(shownLabel('\u001b[2J'), '[2J')
    assert.equal(shownLabel('x'.repeat(500)).length, 140)
    assert.throws(() => refusal('x', new GgenError('internal', 'a defect')), /a defect/)
  })
})
