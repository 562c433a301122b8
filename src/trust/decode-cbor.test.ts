import assert from 'node:assert/strict'
import test from 'node:test'
import { decode, encode } from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { decodeCanonical } from './decode-cbor.ts'
import { encodeCbor } from './encode-cbor.ts'

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

/** Deeper than this no honest value goes; a list or map that is empty holds nothing that is nested in it. */
const depthOf = (one: unknown): number => {
  if (one instanceof CID) return 1
  if (typeof one !== 'object' || one === null || one instanceof Uint8Array) return 0
  const items = Object.values(one)
  return items.length === 0 ? 0 : 1 + Math.max(...items.map(depthOf))
}

const isWhole = (one: unknown): boolean => {
  if (typeof one === 'object' && one !== null && !(one instanceof Uint8Array) && !(one instanceof CID)) return Object.values(one).every(isWhole)
  return typeof one === 'number' ? Number.isSafeInteger(one) : typeof one !== 'bigint' && one !== undefined
}

/** The model: what a library decodes, and encodes to the very same bytes again. `undefined` is no value of the profile. */
const modelDecode = (encoded: Uint8Array): unknown => {
  try {
    const one: unknown = decode(encoded)
    return isWhole(one) && depthOf(one) <= 16 && Buffer.compare(encode(one), encoded) === 0 ? one : undefined
  } catch {
    return undefined
  }
}

const agreesWithModel = (encoded: Uint8Array): boolean => {
  let decoded: unknown
  const reason = fault(() => (decoded = decodeCanonical(encoded)))
  const expected = modelDecode(encoded)
  assert.deepEqual(decoded, expected, Buffer.from(encoded).toString('hex'))
  return reason === undefined
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

/** Pieces of which bytes are made that are nearly right: heads of every kind, short and long spellings, keys in and out of order. */
const PIECES = [
  '00', '17', '1818', '1817', '190100', '1900ff', '1a00010000', '1b0000000100000000', '20', '37', '3818', '40', '4161', '60', '6161', '6162', '626161',
  '63efbbbf', '63eda080', '62c3a9', '61c3', '80', '81', '82', '8180', '9801', 'a0', 'a1', 'a2', 'a16161', 'a26161016162', 'a26162016161', 'a26161016161',
  'd82a', 'd82a4100', `d82a58250001711220${'00'.repeat(32)}`, `d82a5823001220${'00'.repeat(32)}`, 'd82a4500015500', 'd82a450001550000', 'd9002a',
  'f4', 'f5', 'f6', 'f7', 'f93c00', 'ff', '6474797065', '656c6162656c', '616100', '61761876',
].map((hex) => [...bytes(hex)])

test('what is made of nearly right pieces is taken exactly when a library decodes it and encodes it to the same bytes', () => {
  let taken = 0
  const pieces = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.array(fc.nat(255), { maxLength: 3 })), { minLength: 1, maxLength: 12 })
  fc.assert(fc.property(pieces, (list) => {
    taken += Number(agreesWithModel(Uint8Array.from(list.flat())))
  }), { numRuns: 50 * RUNS })
  assert(taken > RUNS, `${taken} of ${50 * RUNS} were taken`)
})

test('of changed encodings exactly those are taken that a library decodes and encodes to the same bytes', () => {
  const change = fc.record({ at: fc.nat(), remove: fc.nat(2), insert: fc.uint8Array({ maxLength: 2 }) })
  fc.assert(fc.property(value, fc.array(change, { maxLength: 2 }), (one, changes) => {
    const encoded = [...encodeCbor(one)]
    for (const { at, remove, insert } of changes) encoded.splice(at % encoded.length, remove, ...insert)
    agreesWithModel(Uint8Array.from(encoded))
  }), { numRuns: 10 * RUNS })
})

test('a value is read where it stands in a larger buffer', () => {
  fc.assert(fc.property(value, fc.nat(20), (one, offset) => {
    const around = Uint8Array.from([...new Uint8Array(offset).fill(0xff), ...encodeCbor(one), 0xff])
    assert.deepEqual(decodeCanonical(around.subarray(offset, -1)), one)
    assert.deepEqual(decodeCanonical(Buffer.from(around).subarray(offset, -1)), one)
  }), { numRuns: RUNS })
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
  decodeCanonical(nested(16))
  assert.equal(fault(() => decodeCanonical(nested(17))), 'cbor')
  decodeCanonical(Uint8Array.from([...new Uint8Array(16).fill(0x81), 0x80]))
  assert.equal(fault(() => decodeCanonical(nested(100_000))), 'cbor')
})

test('what is not one item of the profile is refused, and never with anything but op-invalid', () => {
  const cut = ['', '81', '8201', 'a1', 'a161', '61', '41', 'd82a']
  const strange = ['c101', '9fff', 'bfff', '5fff', 'ff', 'f7', 'e0', 'f815', '0000', '1c', '5c', 'd9002a00ff']
  for (const hex of [...cut, ...strange]) {
    assert.equal(fault(() => decodeCanonical(bytes(hex))), 'cbor', hex)
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (random) => {
    fault(() => decodeCanonical(random))
  }), { numRuns: 5 * RUNS })
})
