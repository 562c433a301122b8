import assert from 'node:assert/strict'
import test from 'node:test'
import { CID } from 'multiformats/cid'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { decodeCanonical, encodeCbor } from './cbor.ts'
import { checkCborProfile } from './cbor-profile.ts'

const RUNS = Number(process.env['GGEN_TEST_RUNS'] ?? 200)

const link = CID.parse('bafyreicedr7z2n5ogvxnklgyqr2resx4apmfvc57imytn2v6uj2oxuer5y')
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.maxSafeInteger(),
    fc.string({ unit: 'grapheme' }),
    fc.boolean(),
    fc.constant(null),
    fc.constant(link),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 30 }),
    fc.dictionary(fc.string({ unit: 'grapheme' }), tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
}))

const fault = (work: () => unknown): unknown => {
  try {
    work()
    return undefined
  } catch (error) {
    assert(isGgenError(error, 'op-invalid'), String(error))
    return error.details['reason']
  }
}

test('values inside the profile decode to themselves', () => {
  fc.assert(fc.property(value, (one) => assert.deepEqual(decodeCanonical(encodeCbor(one)), one)), { numRuns: RUNS })
})

test('bytes that decode are the only bytes of their value', () => {
  fc.assert(fc.property(value, fc.nat(), fc.integer({ min: 1, max: 255 }), (one, at, mask) => {
    const encoded = encodeCbor(one)
    const changed = encoded.map((byte, index) => (index === at % encoded.length ? byte ^ mask : byte))
    let decoded: unknown
    if (fault(() => (decoded = decodeCanonical(changed))) === undefined) assert.deepEqual(encodeCbor(decoded), changed)
  }), { numRuns: 5 * RUNS })
})

test('numbers are whole and safe', () => {
  for (const good of [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    assert.equal(decodeCanonical(encodeCbor(good)), good)
    if (good > 0) assert.equal(decodeCanonical(encodeCbor(-good)), -good)
  }
  const wrong = ['1b0020000000000000', '3b001fffffffffffff', '1bffffffffffffffff', 'f93c00', 'fa3f800000', 'fb3ff8000000000000', 'f97e00', '1817', '190001']
  for (const hex of wrong) {
    assert.equal(fault(() => decodeCanonical(bytes(hex))), 'cbor', hex)
  }
})

test('nesting ends at sixteen', () => {
  const nested = (depth: number): Uint8Array => Uint8Array.from([...new Uint8Array(depth).fill(0x81), 0x01])
  checkCborProfile(nested(16))
  assert.equal(fault(() => checkCborProfile(nested(17))), 'cbor')
  checkCborProfile(Uint8Array.from([...new Uint8Array(16).fill(0x81), 0x80]))
  assert.equal(fault(() => checkCborProfile(nested(100_000))), 'cbor')
})

test('the profile alone refuses what is not one item, and never anything but op-invalid', () => {
  const cut = ['', '81', '8201', 'a1', 'a161', '61', '41', 'd82a']
  const strange = ['c101', '9fff', 'bfff', '5fff', 'ff', 'f7', 'e0', 'f815', '0000', '1c', '5c', 'd9002a00ff']
  for (const hex of [...cut, ...strange]) {
    assert.equal(fault(() => checkCborProfile(bytes(hex))), 'cbor', hex)
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (random) => {
    fault(() => decodeCanonical(random))
  }), { numRuns: 5 * RUNS })
})
