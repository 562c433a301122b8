import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { GgenError, isGgenError, LIMITS } from '#core'
import { isSealed, sealedHeader } from './sealed-header.ts'
import { checkPassphrase, makeLockIdentity, seal, unseal } from './sealing.ts'

const WORK = 8
const PASSPHRASE = { kind: 'passphrase', passphrase: 'correct horse' } as const
const SECRET = Buffer.from('thirty two bytes of secret seed!')

suite('a secret', () => {
  test('opens with the passphrase that it was encrypted with, and says how much work a guess is', async () => {
    const sealed = await seal(SECRET, PASSPHRASE, WORK)
    assert.deepEqual(sealedHeader(sealed), { kind: 'scrypt', workFactor: WORK })
    assert.deepEqual(Buffer.from(await unseal(sealed, PASSPHRASE)), SECRET)
    assert.notDeepEqual(await seal(SECRET, PASSPHRASE, WORK), sealed)
    assert.ok(!Buffer.from(sealed).includes(SECRET.subarray(0, 8)))
  })

  test('opens with the age identity that it was encrypted for', async () => {
    const lock = { kind: 'identity', identity: await makeLockIdentity() } as const
    const sealed = await seal(SECRET, lock, WORK)
    assert.deepEqual(sealedHeader(sealed), { kind: 'X25519' })
    assert.deepEqual(Buffer.from(await unseal(sealed, lock)), SECRET)
    const other = { kind: 'identity', identity: await makeLockIdentity() } as const
    await assert.rejects(unseal(sealed, other), (error) => isGgenError(error, 'keyring-unavailable'))
    await assert.rejects(unseal(sealed, PASSPHRASE), (error) => isGgenError(error, 'store-broken'))
  })

  test('does not open with another passphrase, and the error shows neither', async () => {
    const sealed = await seal(SECRET, PASSPHRASE, WORK)
    await assert.rejects(unseal(sealed, { ...PASSPHRASE, passphrase: 'correct hors' }), (error) => {
      assert(error instanceof GgenError)
      return error.code === 'passphrase-wrong' && !JSON.stringify([error, error.message, String(error.cause)]).includes('hors')
    })
  })

  test('that asks for more work than anybody would do is refused before any', async () => {
    const sealed = Buffer.from(await seal(SECRET, PASSPHRASE, WORK)).toString('latin1').replace(` ${WORK}\n`, ` ${LIMITS.scryptMostWork + 1}\n`)
    await assert.rejects(unseal(Buffer.from(sealed, 'latin1'), PASSPHRASE), (error) => isGgenError(error, 'store-broken'))
  })

  test('whatever was changed in it: a coded error, never another secret', async () => {
    const sealed = await seal(SECRET, PASSPHRASE, WORK)
    await fc.assert(fc.asyncProperty(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(sealed.length), async (at, flip, length) => {
      const changed = Uint8Array.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ flip
      for (const bytes of [changed, sealed.subarray(0, length)]) {
        if (bytes.length === sealed.length && bytes !== changed) continue
        await assert.rejects(unseal(bytes, PASSPHRASE), (error) => isGgenError(error, 'store-broken') || isGgenError(error, 'passphrase-wrong'))
      }
    }), { numRuns: 60 })
  })
})

test('a header is read whatever the bytes are', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => sealedHeader(bytes) === undefined))
  const line = (text: string): Uint8Array => Buffer.from(`age-encryption.org/v1\n${text}\n${'A'.repeat(43)}\n--- x`)
  assert.deepEqual(sealedHeader(line(`-> scrypt ${'A'.repeat(22)} 18`)), { kind: 'scrypt', workFactor: 18 })
  for (const text of [`-> scrypt ${'A'.repeat(22)} 018`, `-> scrypt ${'A'.repeat(22)} 180`, `-> scrypt ${'A'.repeat(21)} 18`, '-> ssh-rsa x']) {
    assert.equal(sealedHeader(line(text)), undefined, text)
    assert.ok(isSealed(line(text)))
  }
  assert.ok(!isSealed(Buffer.from('{}')))
})

test('a passphrase that protects nothing, or is longer than any, is refused', () => {
  for (const passphrase of ['12345678', 'пароль-мой', 'x'.repeat(LIMITS.passphraseChars)]) checkPassphrase(passphrase)
  for (const passphrase of ['', '1234567', '🔑🔑🔑🔑', 'x'.repeat(LIMITS.passphraseChars + 1)]) {
    assert.throws(() => checkPassphrase(passphrase), (error) => isGgenError(error, 'usage'), passphrase)
  }
})
