import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError } from '#core'
import { parseNpmName } from '#npm'
import { bringsArchive, checkTag, readUpload } from './read-upload.ts'

const name = parseNpmName('@acme/thing')
const BYTES = Buffer.from('an archive')
const dist = { integrity: `sha512-${createHash('sha512').update(BYTES).digest('base64')}`, shasum: createHash('sha1').update(BYTES).digest('hex') }
const manifest = { name, version: '1.0.0', dist }
const attachment = { content_type: 'application/octet-stream', data: BYTES.toString('base64'), length: BYTES.length }
const document = {
  _id: name, name, 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': manifest }, access: null,
  _attachments: { '@acme/thing-1.0.0.tgz': attachment, '@acme/thing-1.0.0.sigstore': { data: 'e30=' } },
}

const refuses = (changes: object, code: string): void => {
  assert.throws(() => readUpload({ ...document, ...changes }, name), (error) => error instanceof GgenError && error.code === code, JSON.stringify(changes))
}

describe('an upload', () => {
  it('is one version with its tag and its archive', () => {
    const { archive, ...rest } = readUpload(document, name)
    assert.deepEqual([Buffer.from(archive), rest], [BYTES, { name, version: '1.0.0', tag: 'latest', manifest }])
    assert.equal(readUpload({ ...document, 'dist-tags': { beta: '1.0.0' } }, name).tag, 'beta')
    assert.equal(readUpload({ ...document, versions: { '1.0.0': { ...manifest, dist: { shasum: dist.shasum } } } }, name).version, '1.0.0')
    assert.deepEqual([bringsArchive(document), bringsArchive({ ...document, _attachments: {} }), bringsArchive(null)], [true, false, false])
  })

  it('is refused where it contradicts itself, or its archive is another one', () => {
    const attached = (change: object): object => ({ _attachments: { 'x.tgz': { ...attachment, ...change } } })
    const described = (change: object): object => ({ versions: { '1.0.0': { ...manifest, ...change } } })
    for (const changes of [
      { name: '@acme/other' }, { versions: {} }, { versions: { '1.0.0': manifest, '2.0.0': manifest } }, described({ version: '2.0.0' }),
      described({ name: 'lodash' }), described({ dist: {} }), { _attachments: {} }, { _attachments: { 'x.sigstore': attachment } }, attached({ length: 3 }),
      attached({ data: 7 }), { 'dist-tags': { latest: '2.0.0' } }, { 'dist-tags': { a: '1.0.0', b: '1.0.0' } }, { 'dist-tags': { '1.0': '1.0.0' } },
      { 'dist-tags': { Capital: '1.0.0' } }, { _attachments: { 'x.tgz': attachment, 'y.tgz': attachment } },
    ]) refuses(changes, 'usage')
    refuses({ versions: { latest: { ...manifest, version: 'latest' } } }, 'version-invalid')
    refuses(attached({ data: Buffer.from('other').toString('base64'), length: 5 }), 'integrity')
    refuses(described({ dist: { ...dist, shasum: '0'.repeat(40) } }), 'integrity')
  })

  it('is read or refused, whatever it is', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.constantFrom('name', 'versions', '_attachments', 'dist-tags'), (value, key) => {
      for (const one of [value, { ...document, [key]: value }]) {
        try {
          readUpload(one, name)
        } catch (error) {
          assert.ok(error instanceof GgenError, String(error))
        }
      }
    }))
    assert.deepEqual([checkTag('next-2'), checkTag('beta')], ['next-2', 'beta'])
    for (const tag of ['v1', 'x', '1', '', 'a b', 'Ä']) assert.throws(() => checkTag(tag), { code: 'usage' })
  })
})
