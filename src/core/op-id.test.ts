import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { isGgenError } from './errors.ts'
import { isOpId, type OpId, opIdHash, opIdOfHash, parseIdentityId, shortIdentity } from './op-id.ts'

const textOf = (hash: Uint8Array): string => CID.createV1(0x71, create(0x12, hash)).toString()

test('the id of every hash is an op id', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (hash) => {
    assert(isOpId(textOf(hash)))
    assert.equal(parseIdentityId(textOf(hash)), textOf(hash))
  }))
})

test('an op id is made of its hash, and gives it back, as the reference implementation does', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (hash) => {
    assert.equal(opIdOfHash(hash), textOf(hash))
    assert.deepEqual(opIdHash(textOf(hash) as OpId), hash)
  }))
  assert.throws(() => opIdOfHash(new Uint8Array(31)), RangeError)
})

test('only texts that a hash can have are op ids: no second spelling, no other length inside', () => {
  const id = textOf(new Uint8Array(32).fill(255))
  assert.equal(id.at(-1), '4')
  assert(!isOpId(`${id.slice(0, -1)}5`), 'the two bits after the last byte are zero')
  assert(!isOpId(`bafyreiz${id.slice(8)}`), 'the length byte says 32')
  const alphabet = [...'abcdefghijklmnopqrstuvwxyz234567']
  const tail = fc.array(fc.constantFrom(...alphabet), { minLength: 52, maxLength: 52 }).map((chars) => `bafyrei${chars.join('')}`)
  fc.assert(fc.property(tail, (text) => {
    if (isOpId(text)) assert.equal(CID.createV1(0x71, CID.parse(text).multihash).toString(), text)
  }), { numRuns: 2000 })
})

test('an identity of another form is refused', () => {
  const id = textOf(new Uint8Array(32))
  for (const text of ['', id.toUpperCase(), ` ${id}`, `${id}\n`, `${id}a`, id.slice(0, -1), id.replace('bafyrei', 'bafkrei'), `@${id}`]) {
    assert(!isOpId(text))
    assert.throws(() => parseIdentityId(text), (error) => isGgenError(error, 'name-invalid'))
  }
})

test('the short form is the last twelve characters in groups of four', () => {
  assert.equal(shortIdentity(parseIdentityId('bafyreicedr7z2n5ogvxnklgyqr2resx4apmfvc57imytn2v6uj2oxuer5y')), 'v6uj-2oxu-er5y')
})
