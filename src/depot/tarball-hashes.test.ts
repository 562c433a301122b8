import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { digestOf } from '#core'
import { parseIntegrity, parseShasum } from '#npm'
import { integrityOf, TarballHasher } from './tarball-hashes.ts'

const hash = (algorithm: string, bytes: Uint8Array, form: 'base64' | 'hex' = 'base64'): string => createHash(algorithm).update(bytes).digest(form)

describe('TarballHasher', () => {
  it('knows bytes by every hash that a registry may name, and no others', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes, cut, other) => {
      const hasher = new TarballHasher()
      hasher.update(bytes.subarray(0, cut))
      assert.equal(hasher.soFar, digestOf(bytes.subarray(0, cut)))
      hasher.update(bytes.subarray(cut))
      const finished = hasher.finish()
      for (const algorithm of ['sha512', 'sha384', 'sha256', 'sha1']) {
        assert.equal(finished.isWhat(parseIntegrity(`${algorithm}-${hash(algorithm, bytes)}`)), true)
        assert.equal(finished.isWhat(parseIntegrity(`${algorithm}-${hash(algorithm, Buffer.concat([bytes, other]))}`)), false)
      }
      assert.equal(finished.isWhat(parseShasum(hash('sha1', bytes, 'hex'))), true)
      assert.deepEqual([finished.digest, finished.sizeBytes, integrityOf(finished)], [digestOf(bytes), bytes.length, `sha512-${hash('sha512', bytes)}`])
    }))
  })

  it('does not let a weak hash speak where a strong one is wrong', () => {
    const [right, wrong] = [Buffer.from('right'), Buffer.from('wrong')]
    const hasher = new TarballHasher()
    hasher.update(right)
    assert.equal(hasher.finish().isWhat(parseIntegrity(`sha1-${hash('sha1', right)} sha512-${hash('sha512', wrong)}`)), false)
  })
})
