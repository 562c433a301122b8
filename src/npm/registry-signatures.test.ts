import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { seeded } from '#testing'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'
import { isNpmName, parseNpmName } from './npm-name.ts'
import { isNpmVersion, parseNpmVersion } from './npm-version.ts'
import { verifyVersion } from './registry-signatures.ts'
import { makeSigningKey, signVersion, toRegistryKey } from './signing-key.ts'

const OURS = makeSigningKey(seeded('1'))
const THEIRS = makeSigningKey(seeded('2'))
const KEY = toRegistryKey(OURS)
const VERSION = { name: parseNpmName('@scope/thing'), version: parseNpmVersion('1.2.3'), integrity: 'sha512-abc' }
const SIGNATURE = signVersion(VERSION, OURS)
const EXPIRY_MS = Date.UTC(2025, 0, 29)

const anyName = fc.oneof(fc.constantFrom('a', '@scope/thing', 'thing'), fc.stringMatching(/^(?:@[a-z]{1,3}\/)?[a-z~.]{1,4}$/)).filter(isNpmName)
const anyVersion = fc.oneof(fc.constantFrom('1.2.3', '1.2.3-a', '1.2.3+a'), fc.stringMatching(/^\d\.\d\.\d(?:-[a-z0-9]{1,3})?(?:\+[a-z]{1,3})?$/))
  .filter(isNpmVersion)
const anyIntegrity = fc.oneof(fc.constant('sha512-abc'), fc.string(), fc.stringMatching(/^sha(?:1|512)-[A-Za-z0-9:@/=]{1,8}$/))
const anyBytes = fc.record({ name: anyName, version: anyVersion, integrity: anyIntegrity })

describe('the signature of a registry', () => {
  it('is right for what was signed and for no other name, version or integrity', () => {
    fc.assert(fc.property(anyBytes, anyBytes, (signed, claimed) => {
      const signatures = [signVersion(signed, OURS)]
      assert.equal(verifyVersion({ ...signed, signatures }, [KEY]), 'verified')
      for (const other of [claimed, { ...signed, name: claimed.name }, { ...signed, version: claimed.version }, { ...signed, integrity: claimed.integrity }]) {
        const isSame = other.name === signed.name && other.version === signed.version && other.integrity === signed.integrity
        assert.equal(verifyVersion({ ...other, signatures }, [KEY]), isSame ? 'verified' : 'wrong')
      }
    }))
  })

  it('is wrong with any bit changed, and with any other text in its place', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String(), fc.nat(8 * Buffer.from(SIGNATURE.sig, 'base64').length - 1)), (change) => {
      const bytes = Buffer.from(SIGNATURE.sig, 'base64')
      if (typeof change === 'number') bytes.writeUInt8(bytes.readUInt8(change >> 3) ^ (1 << (change & 7)), change >> 3)
      const sig = typeof change === 'number' ? bytes.toString('base64') : change
      assert.equal(verifyVersion({ ...VERSION, signatures: [{ ...SIGNATURE, sig }] }, [KEY]), 'wrong')
    }))
    assert.equal(verifyVersion({ ...VERSION, signatures: [{ ...SIGNATURE, sig: SIGNATURE.sig.padEnd(NPM_TEXT_LIMITS.signatureChars + 1) }] }, [KEY]), 'wrong')
  })

  it('counts only by a key of the registry: another key under the same id is wrong, one that nobody knows says nothing', () => {
    const signatures = [signVersion(VERSION, THEIRS)]
    assert.equal(verifyVersion({ ...VERSION, signatures }, [KEY]), 'unknown-key')
    assert.equal(verifyVersion({ ...VERSION, signatures: [{ ...SIGNATURE, sig: signatures[0]?.sig ?? '' }] }, [KEY]), 'wrong')
    assert.equal(verifyVersion({ ...VERSION, signatures: [] }, [KEY]), 'unsigned')
    assert.equal(verifyVersion({ ...VERSION, signatures: [SIGNATURE] }, []), 'unknown-key')
  })

  it('counts when it was made before its key expired, or when nobody knows when', () => {
    const keys = [{ ...KEY, expiresAtMs: EXPIRY_MS }]
    const at = (publishedAtMs?: number): string => verifyVersion({ ...VERSION, signatures: [SIGNATURE] }, keys, publishedAtMs)
    assert.deepEqual([at(EXPIRY_MS - 1), at(EXPIRY_MS), at()], ['verified', 'expired-key', 'verified'])
    assert.equal(verifyVersion({ ...VERSION, integrity: 'sha512-x', signatures: [SIGNATURE] }, keys, EXPIRY_MS), 'wrong')
  })

  it('stands beside others while a registry changes its key, but not beside a wrong one', () => {
    const both = [signVersion(VERSION, THEIRS), SIGNATURE]
    const old = { ...toRegistryKey(THEIRS), expiresAtMs: EXPIRY_MS }
    assert.equal(verifyVersion({ ...VERSION, signatures: both }, [KEY]), 'verified')
    assert.equal(verifyVersion({ ...VERSION, signatures: both }, [KEY, old], EXPIRY_MS), 'verified')
    assert.equal(verifyVersion({ ...VERSION, signatures: both.slice(0, 1) }, [KEY, old], EXPIRY_MS), 'expired-key')
    assert.equal(verifyVersion({ ...VERSION, signatures: [...both, { keyid: KEY.keyid, sig: 'AAAA' }] }, [KEY]), 'wrong')
    const many = Array.from({ length: NPM_TEXT_LIMITS.signatures + 1 }, () => SIGNATURE)
    assert.equal(verifyVersion({ ...VERSION, signatures: many.slice(1) }, [KEY]), 'verified')
    assert.equal(verifyVersion({ ...VERSION, signatures: many }, [KEY]), 'wrong')
  })
})
