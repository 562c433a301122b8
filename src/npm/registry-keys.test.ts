import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { seeded } from '#testing'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'
import { parseRegistryKeys, type RegistryKey, writeRegistryKeys } from './registry-keys.ts'
import { makeSigningKey, toRegistryKey } from './signing-key.ts'

const KIND = 'ecdsa-sha2-nistp256'
const derOf = (namedCurve: string): string => generateKeyPairSync('ec', { namedCurve }).publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
const KEY = derOf('P-256')
const listed = (more: object = {}): object => ({ expires: null, keyid: 'SHA256:a', keytype: KIND, scheme: KIND, key: KEY, ...more })
const textOf = (...keys: readonly unknown[]): string => JSON.stringify({ keys })
const said = ({ keyid, expiresAtMs }: RegistryKey): object => ({ keyid, expiresAtMs })
const refuses = (text: string): void => assert.throws(() => parseRegistryKeys(text), (error) => isGgenError(error, 'registry-failed'), text.slice(0, 200))

describe('the keys of a registry', () => {
  it('are read as registries list them, with their expiry', () => {
    const [first, second] = parseRegistryKeys(textOf(listed(), listed({ keyid: 'b', expires: '2025-01-29T00:00:00.000Z' })))
    assert.deepEqual([first?.keyid, first?.expiresAtMs, second?.keyid, second?.expiresAtMs], ['SHA256:a', undefined, 'b', Date.UTC(2025, 0, 29)])
    assert.equal(first?.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'), KEY)
    assert.deepEqual(parseRegistryKeys(textOf()), [])
  })

  it('are those of the known kind alone, and of two with one id the first', () => {
    const others = [listed({ keytype: 'ed25519', key: 'x' }), listed({ scheme: 'rsa', key: 1 }), 7, null, []]
    const keys = parseRegistryKeys(textOf(...others, listed({ expires: '2030-01-01' }), listed()))
    assert.deepEqual(keys.map(({ expiresAtMs }) => expiresAtMs), [Date.UTC(2030, 0, 1)])
  })

  it('are refused where the list or a key of the known kind is broken', () => {
    const broken = [
      { key: 'AAAA' }, { key: derOf('P-384') }, { key: undefined }, { keyid: '' }, { keyid: 5 }, { keyid: 'x'.repeat(257) },
      { expires: 'soon' }, { expires: 5 },
    ]
    for (const more of broken) refuses(textOf(listed(more)))
    for (const text of ['', '{', '[]', 'null', '{}', '{"keys":{}}', ' '.repeat(NPM_TEXT_LIMITS.keysChars + 1)]) refuses(text)
    refuses(textOf(...Array.from({ length: NPM_TEXT_LIMITS.keys + 1 }, () => listed())))
  })

  it('are the same after they were written and read again', () => {
    const keys = [makeSigningKey(seeded('1')), makeSigningKey(seeded('2'))].map(toRegistryKey)
    const anyTime = fc.option(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') }))
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(1), anyTime), { maxLength: 4 }), (made) => {
      const some = made.map(([which, expires], index): RegistryKey => ({
        keyid: `${index}`, publicKey: (keys[which] ?? assert.fail()).publicKey, ...(expires !== null && { expiresAtMs: expires.getTime() }),
      }))
      const again = parseRegistryKeys(writeRegistryKeys(some))
      assert.deepEqual(again.map(said), some.map(said))
      assert.ok(again.every(({ publicKey }, index) => publicKey.equals(some[index]?.publicKey ?? assert.fail())))
    }))
  })

  it('cannot be broken in a way that has no name', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.array(fc.anything()).map((keys) => JSON.stringify({ keys }, (_, value: unknown) =>
      (typeof value === 'bigint' ? 0 : value)))), (text) => {
      try {
        parseRegistryKeys(text)
      } catch (error) {
        assert.ok(isGgenError(error, 'registry-failed'), String(error))
      }
    }))
  })
})
