import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { digestOf, Fingerprinter, isGgenError } from '#core'
import {
  digestIn, HASH_ALGORITHMS, type HashAlgorithm, IntegrityChecker, integrityOfHashes, matchesIntegrity, parseIntegrity, parseShasum, sha512Of, shasumIn,
  strongestIn,
} from './integrity.ts'

const BYTES = Buffer.from('the bytes of a tarball')
const hash = (algorithm: HashAlgorithm, bytes: Uint8Array = BYTES): string => `${algorithm}-${createHash(algorithm).update(bytes).digest('base64')}`
const OTHER = Buffer.from('other bytes')

const refuses = (text: string): void => assert.throws(() => parseIntegrity(text), (error) => isGgenError(error, 'digest-invalid'), text)

describe('an integrity', () => {
  it('has one form, whichever order, spaces, options and unknown kinds it came with', () => {
    const expected = [hash('sha512'), hash('sha256'), hash('sha1')].join(' ')
    assert.equal(parseIntegrity(`  md5-abc ${hash('sha1')}\n${hash('sha512')}?opt ${hash('sha256')} ${hash('sha512')} `), expected)
    assert.equal(parseIntegrity(expected), expected)
  })

  it('is decided by its strongest kind alone, of which any one may be right', () => {
    assert.equal(matchesIntegrity(BYTES, parseIntegrity(`${hash('sha1')} ${hash('sha512', OTHER)}`)), false)
    assert.equal(matchesIntegrity(BYTES, parseIntegrity(`${hash('sha1', OTHER)} ${hash('sha512')}`)), true)
    assert.equal(matchesIntegrity(BYTES, parseIntegrity(`${hash('sha384', OTHER)} ${hash('sha384')}`)), true)
    assert.equal(strongestIn(parseIntegrity(`${hash('sha1')} ${hash('sha384')} ${hash('sha256')}`)), 'sha384')
  })

  it('is refused where a hash of a known kind is broken, so that a weaker one never speaks for it', () => {
    const whole = hash('sha512')
    for (const broken of [whole.slice(0, -1), whole.replace('==', ''), `${whole}=`, 'sha512-', whole.replace('sha512', 'sha384'), whole.replace(/-./, '-*')]) {
      refuses(broken)
      refuses(`${broken} ${hash('sha1')}`)
    }
    for (const text of ['', ' ', 'md5-1B2M2Y8AsgTpgAmY7PhCfg==', 'sha512', whole.toUpperCase(), `${hash('sha1')} `.repeat(100)]) refuses(text)
    refuses(Array.from({ length: 17 }, (_, index) => hash('sha1', Buffer.of(index))).join(' '))
  })

  it('is a shasum, too, which npm writes in hexadecimal digits', () => {
    const hex = createHash('sha1').update(BYTES).digest('hex')
    assert.equal(parseShasum(hex), hash('sha1'))
    assert.equal(parseShasum(hex.toUpperCase()), hash('sha1'))
    assert.equal(shasumIn(parseShasum(hex)), hex)
    for (const text of ['', hex.slice(1), `${hex}0`, 'g'.repeat(40)]) assert.throws(() => parseShasum(text), (error) => isGgenError(error, 'digest-invalid'))
  })

  it('is what the hashes of blobs say, and says them', () => {
    const fingerprinter = new Fingerprinter()
    fingerprinter.update(BYTES)
    const { digest, sha512 } = fingerprinter.finish()
    const both = integrityOfHashes({ digest, sha512 })
    assert.equal(both, `${hash('sha512')} ${hash('sha256')}`)
    assert.deepEqual([sha512Of(both), digestIn(both), shasumIn(both)], [sha512, digest, undefined])
    assert.equal(integrityOfHashes({ digest: digestOf(BYTES) }), hash('sha256'))
    assert.equal(sha512Of(parseIntegrity(`${hash('sha512')} ${hash('sha512', OTHER)}`)), undefined)
  })

  it('fits its own bytes in any pieces and no others', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 })
    fc.assert(fc.property(pieces, fc.constantFrom(...HASH_ALGORITHMS), fc.nat(), (chunks, algorithm, at) => {
      const bytes = Buffer.concat(chunks)
      const integrity = parseIntegrity(hash(algorithm, bytes))
      const checker = new IntegrityChecker(integrity)
      for (const chunk of chunks) checker.update(chunk)
      assert.equal(checker.sizeBytes, bytes.length)
      assert.ok(checker.matches())
      if (bytes.length === 0) return
      bytes.writeUInt8(bytes.readUInt8(at % bytes.length) ^ 1, at % bytes.length)
      assert.equal(matchesIntegrity(bytes, integrity), false)
    }))
  })

  it('has one spelling for the same bytes', () => {
    const text = hash('sha512')
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    for (const digit of digits) {
      const other = `${text.slice(0, -3)}${digit}==`
      if ('AQgw'.includes(digit)) assert.equal(parseIntegrity(other), other)
      else refuses(other)
    }
  })

  it('is parsed or refused, whatever the text is', () => {
    const part = fc.oneof(fc.constantFrom('sha512-', 'sha1-', '?', ' ', hash('sha1'), hash('sha512')), fc.string({ unit: 'binary' }))
    fc.assert(fc.property(fc.array(part).map((parts) => parts.join('')), (text) => {
      try {
        const integrity = parseIntegrity(text)
        assert.equal(parseIntegrity(integrity), integrity)
      } catch (error) {
        assert.ok(isGgenError(error, 'digest-invalid'), String(error))
      }
    }))
  })
})
