import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { seeded } from '#testing'
import { keyIdOf, type RegistryKey } from './registry-keys.ts'
import { renewKeys } from './renew-keys.ts'
import { makeSigningKey, toRegistryKey } from './signing-key.ts'

const POOL = ['1', '2', '3', '4'].map((seed) => toRegistryKey(makeSigningKey(seeded(seed))))
const [a, b, c] = POOL as [RegistryKey, RegistryKey, RegistryKey]
const ids = (keys: readonly RegistryKey[]): readonly string[] => keys.map(({ publicKey }) => keyIdOf(publicKey))

describe('the keys that a registry is known by', () => {
  it('are those that it shows first', () => {
    assert.deepEqual(renewKeys(undefined, [a, b]), { keys: [a, b] })
    assert.deepEqual(renewKeys([], [a]), { keys: [a] })
    assert.deepEqual(renewKeys(undefined, []), { keys: [] })
  })

  it('grow by those that it shows beside one from before, and none goes', () => {
    assert.deepEqual(renewKeys([a], [b, a]).keys, [b, a])
    const { keys, refused } = renewKeys([a, b], [b, c])
    assert.deepEqual([ids(keys), refused], [ids([c, a, b]), undefined])
  })

  it('stay as they were where it shows none of them, none at all, or another one under their id', () => {
    for (const shown of [[b], [], [{ ...b, keyid: a.keyid }], [a, { ...b, keyid: a.keyid }]]) {
      const { keys, refused } = renewKeys([a], shown)
      assert.deepEqual(keys, [a])
      assert.equal(typeof refused, 'string')
    }
  })

  it('may be replaced by one that the operator names, and by no other beside it', () => {
    const accepted = new Set([keyIdOf(b.publicKey)])
    assert.deepEqual(ids(renewKeys([a], [b, c], accepted).keys), ids([b, a]))
    const under = { ...b, keyid: a.keyid }
    assert.deepEqual(renewKeys([a], [under], accepted).keys, [under])
  })

  it('end when it was said first that they end', () => {
    const at = (expiresAtMs?: number): RegistryKey => ({ ...a, ...(expiresAtMs !== undefined && { expiresAtMs }) })
    const endOf = (known: number | undefined, shown: number | undefined): number | undefined => renewKeys([at(known)], [at(shown)]).keys[0]?.expiresAtMs
    assert.deepEqual([endOf(undefined, 5), endOf(5, undefined), endOf(5, 9), endOf(9, 5), endOf(undefined, undefined)], [5, 5, 5, 5, undefined])
  })

  it('never lose one whatever is shown, and have no id twice', () => {
    const anyKeys = fc.array(fc.tuple(fc.nat(3), fc.option(fc.nat(9))), { maxLength: 4 }).map((all) =>
      all.filter(([place], index) => all.findIndex(([other]) => other === place) === index)
        .map(([place, end]): RegistryKey => ({ ...(POOL[place] as RegistryKey), ...(end !== null && { expiresAtMs: end }) })))
    fc.assert(fc.property(anyKeys, anyKeys, (known, shown) => {
      const { keys, refused } = renewKeys(known, shown)
      for (const id of ids(known)) assert.ok(ids(keys).includes(id))
      assert.equal(new Set(keys.map(({ keyid }) => keyid)).size, keys.length)
      if (refused !== undefined) assert.deepEqual(keys, known)
      assert.deepEqual(ids(renewKeys(keys, shown).keys).toSorted(), ids(keys).toSorted())
    }))
  })
})
