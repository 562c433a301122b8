import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { filesOf, packagesOf, parseContents, writeContents } from './bundle-contents.ts'
import { bytesOf, sampleBundle } from './bundle-samples.conformance.ts'

const SAMPLE = sampleBundle([bytesOf('one'), bytesOf('two')]).contents

/** The same, with something else in it. */
const changed = (change: (written: Record<string, unknown[]>) => void): string => {
  const json = JSON.parse(writeContents(SAMPLE)) as Record<string, unknown[]>
  change(json)
  return JSON.stringify(json)
}

describe('what a bundle says of itself', () => {
  it('is read as it was written', () => assert.deepEqual(parseContents(writeContents(SAMPLE)), SAMPLE))

  it('is refused with names, versions, digests or places that are none, and with anything that is not known', () => {
    const first = (list: unknown): Record<string, unknown> => (list as Record<string, unknown>[])[0] ?? {}
    const changes: ((json: Record<string, unknown>) => void)[] = [
      (json) => void (json['format'] = 2),
      (json) => void (json['more'] = 1),
      (json) => void (first(json['npm'])['name'] = '../x'),
      (json) => void (first(json['npm'])['version'] = '1.0.0/..'),
      (json) => void (first(json['npm'])['digest'] = 'sha256:x'),
      (json) => void (first(json['npm'])['size'] = -1),
      (json) => void (first(json['npm'])['registry'] = 7),
      (json) => void (first(json['packages'])['identity'] = 'me'),
      (json) => void (first(json['packages'])['source'] = 'both'),
    ]
    for (const change of changes) assert.throws(() => parseContents(changed(change)), (error) => isGgenError(error, 'bundle-broken'), String(change))
  })

  it('is refused whatever else stands there', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      assert.throws(() => parseContents(text), (error) => isGgenError(error, 'bundle-broken'))
    }))
  })

  it('names each file once, and who needs it', () => {
    const files = filesOf(SAMPLE)
    assert.deepEqual(files.map(({ kind }) => kind), ['records', 'archive', 'archive', 'archive'])
    assert.deepEqual(packagesOf(SAMPLE, new Set([files[1]?.digest ?? assert.fail()])), ['io.ggen.tool@1.2.0', 'vouched@0.1.0'])
    assert.deepEqual(packagesOf(SAMPLE, new Set([files[0]?.digest ?? assert.fail()])), ['io.ggen.tool@1.2.0'])
  })

  it('contradicts itself where the same bytes have two sizes', () => {
    const first = SAMPLE.versions[0] ?? assert.fail()
    const versions = [...SAMPLE.versions, { ...first, sizeBytes: first.sizeBytes + 1 }]
    assert.throws(() => filesOf({ ...SAMPLE, versions }), (error) => isGgenError(error, 'bundle-broken'))
  })
})
