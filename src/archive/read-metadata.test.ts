import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError, isGgenError, LIMITS } from '#core'
import { encodeMetadata } from './package-metadata.ts'
import { parseManifest } from './parse-manifest.ts'
import { readMetadata } from './read-metadata.ts'

const bytesOf = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document))

const refuses = (bytes: Uint8Array, problem: RegExp): void => {
  assert.throws(() => readMetadata(bytes), (error) => isGgenError(error, 'integrity') && problem.test(error.message))
}

const HEAD = { name: 'a', version: '1.0.0' }

describe('readMetadata', () => {
  it('reads what encodeMetadata writes, whatever a manifest wants', () => {
    const name = fc.constantFrom('b', 'c', '@s/d', 'io.ggen.e', 'f')
    const range = fc.constantFrom('*', '^1.2', '>=1 <3', '1.x || 2.x', '')
    const table = fc.dictionary(name, range, { maxKeys: 5 })
    const manifests = fc.record({ dependencies: table, optionalDependencies: table, peerDependencies: table }, { requiredKeys: [] })
    fc.assert(fc.property(manifests, fc.subarray(['b', 'c', 'f']), (tables, optionalPeers) => {
      const peerDependenciesMeta = Object.fromEntries(optionalPeers.map((peer) => [peer, { optional: true }]))
      const manifest = parseManifest('package.json', JSON.stringify({ ...HEAD, ...tables, peerDependenciesMeta }))
      const { name: ofName, version, dependencies } = manifest
      assert.deepEqual(readMetadata(encodeMetadata(manifest, { files: 1, unpackedBytes: 1 })), { name: ofName, version, dependencies })
    }))
  })

  it('passes over what it does not know, and reads documents without the newer lists', () => {
    const dependencies = [{ name: 'b', range: '^1', more: 1 }]
    assert.deepEqual(readMetadata(bytesOf({ ...HEAD, dependencies, other: null })), { ...HEAD, dependencies: [{ name: 'b', range: '^1', kind: 'needed' }] })
    assert.deepEqual(readMetadata(bytesOf(HEAD)).dependencies, [])
  })

  it('refuses what nobody writes with ggen', () => {
    refuses(new Uint8Array(LIMITS.metadataBytes + 1), /too large/)
    refuses(Buffer.from('{'), /not JSON/)
    refuses(Buffer.from([0xff]), /not JSON/)
    refuses(bytesOf([]), /no object/)
    refuses(bytesOf({ ...HEAD, name: 'A' }), /no name/)
    refuses(bytesOf({ ...HEAD, version: 'v1' }), /no version/)
    refuses(bytesOf({ ...HEAD, dependencies: {} }), /dependencies is no list/)
    refuses(bytesOf({ ...HEAD, peerDependencies: [7] }), /no object/)
    refuses(bytesOf({ ...HEAD, dependencies: [{ name: '../b', range: '*' }] }), /without a name/)
    refuses(bytesOf({ ...HEAD, dependencies: [{ name: 'b', range: 'git+ssh://x' }] }), /gives b no range/)
    refuses(bytesOf({ ...HEAD, dependencies: [{ name: 'b', range: '1'.repeat(LIMITS.rangeChars + 1) }] }), /gives b no range/)
    refuses(bytesOf({ ...HEAD, dependencies: [{ name: 'b', range: '1' }], peerDependencies: [{ name: 'b', range: '2' }] }), /names b twice/)
  })

  it('takes any bytes and any JSON: it reads them, or says what is wrong', () => {
    const typed = (bytes: Uint8Array): void => {
      try {
        const { dependencies } = readMetadata(bytes)
        assert(dependencies.every(({ range }) => range.length <= LIMITS.rangeChars))
      } catch (error) {
        assert(error instanceof GgenError, String(error))
      }
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), typed))
    fc.assert(fc.property(fc.json(), (text) => typed(Buffer.from(text))))
    fc.assert(fc.property(fc.jsonValue(), (value) => typed(bytesOf({ ...HEAD, dependencies: value }))))
    fc.assert(fc.property(fc.array(fc.record({ name: fc.string(), range: fc.string() })), (list) => typed(bytesOf({ ...HEAD, peerDependencies: list }))))
    typed(Buffer.from('['.repeat(60_000)))
  })
})
