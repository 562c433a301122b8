import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { it } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { seeded } from '#testing'
import { parseNpmName } from './npm-name.ts'
import { parseNpmVersion } from './npm-version.ts'
import { parseRegistryKeys, writeRegistryKeys } from './registry-keys.ts'
import { verifyVersion } from './registry-signatures.ts'
import { makeSigningKey, parseSigningKey, signVersion, toRegistryKey, writeSigningKey } from './signing-key.ts'

const VERSION = { name: parseNpmName('thing'), version: parseNpmVersion('1.0.0'), integrity: 'sha512-abc' }

it('a key of our own signs, after it was kept as well, what clients verify with the list that they are given', () => {
  const key = makeSigningKey(seeded('1'))
  const kept = parseSigningKey(writeSigningKey(key).reveal())
  assert.equal(kept.keyid, key.keyid)
  assert.match(key.keyid, /^SHA256:[A-Za-z0-9+/]{43}$/)
  const keys = parseRegistryKeys(writeRegistryKeys([toRegistryKey(key)]))
  assert.equal(verifyVersion({ ...VERSION, signatures: [signVersion(VERSION, kept)] }, keys), 'verified')
  assert.notEqual(makeSigningKey(seeded('2')).keyid, key.keyid)
})

it('a key does not show itself to whoever prints it', () => {
  const key = makeSigningKey(seeded('3'))
  const secret = key.privateKey.export({ format: 'jwk' }).d ?? assert.fail()
  const bytes = Buffer.from(secret, 'base64url')
  const pem = writeSigningKey(key)
  const printed = [inspect(key, { depth: 9, showHidden: true }), JSON.stringify(key), inspect(pem), JSON.stringify({ pem }), String(pem)].join('\n')
  for (const form of [secret, bytes.toString('hex'), 'PRIVATE KEY']) assert.ok(!printed.includes(form), form)
})

it('what is no key, or none on P-256, is no key of ours', () => {
  const other = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const larger = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  for (const text of ['', 'x', other, larger, writeSigningKey(makeSigningKey(seeded('4'))).reveal().slice(0, 80)]) {
    assert.throws(() => parseSigningKey(text), (error) => isGgenError(error, 'store-broken'), text)
  }
})

it('a key comes out of whatever is drawn, and from the same draw the same key', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 40, maxLength: 40 }), (drawn) => {
    const random = { bytes: () => drawn, fraction: () => 0 }
    const key = makeSigningKey(random)
    assert.equal(verifyVersion({ ...VERSION, signatures: [signVersion(VERSION, key)] }, [toRegistryKey(key)]), 'verified')
    assert.ok(makeSigningKey(random).privateKey.equals(key.privateKey))
  }), { examples: [[new Uint8Array(40)], [new Uint8Array(40).fill(255)]] })
})
