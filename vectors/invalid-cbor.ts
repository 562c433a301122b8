import { encode } from '@ipld/dag-cbor'
import { type InvalidOp, invalid, signedBytes } from './invalid-op.ts'
import { bytes, fromHex, head, rawEntries, rawMap } from './raw-cbor.ts'
import { IDENTITY, NOW, releaseWire } from './wire.ts'

type Entry = readonly [string, Uint8Array]

const entries = rawEntries(releaseWire())
const withField = (field: string, value: Uint8Array): Entry[] => entries.map(([key, old]) => [key, key === field ? value : old] as const)
const signedEntries = (changed: readonly Entry[]): Uint8Array => signedBytes(rawMap(changed), 3)
const withAt = (value: Uint8Array): Uint8Array => signedEntries(withField('at', value))
const withX = (value: Uint8Array): Uint8Array =>
  signedEntries(rawEntries({ ...releaseWire(), x: null }).map(([key, old]) => [key, key === 'x' ? value : old] as const))
const withId = (...parts: readonly Uint8Array[]): Uint8Array => signedEntries(withField('id', bytes(...parts)))
const good = signedBytes(rawMap(entries), 3)
const payload = rawMap(entries)
const float64 = (value: number): Uint8Array => {
  const buffer = Buffer.alloc(9, 0xfb)
  buffer.writeDoubleBE(value, 1)
  return Uint8Array.from(buffer)
}

const envelopes = (): InvalidOp[] => [
  invalid('cbor/empty', 'no bytes at all', new Uint8Array(0)),
  invalid('cbor/text-instead', 'four hundred times the letter a', new Uint8Array(400).fill(0x61)),
  invalid('cbor/truncated', 'an envelope without its last byte', good.subarray(0, -1)),
  invalid('cbor/trailing-byte', 'one byte after an envelope', bytes(good, 0)),
  invalid('cbor/twice', 'an envelope twice', bytes(good, good)),
  invalid('cbor/indefinite-envelope', 'an envelope as a list of indefinite length', bytes(0x9f, good.subarray(1), 0xff)),
  invalid('cbor/envelope-long-head', 'the list of three with its length in two bytes', bytes(head(4, 3, 1), good.subarray(1))),
  invalid('cbor/claimed-array', 'a list that claims 2^53-1 items', bytes(head(4, 2 ** 53 - 1, 8), 1)),
  invalid('cbor/claimed-array-64-bit', 'a list that claims 2^64-1 items', fromHex('9b ffffffffffffffff')),
  invalid('cbor/claimed-map', 'a map that claims 2^32-1 entries', bytes(head(5, 2 ** 32 - 1, 4), 0x61, 0x61, 1)),
  invalid('cbor/claimed-bytes', 'bytes that claim 2^32-1 bytes', bytes(head(2, 2 ** 32 - 1, 4), 0)),
  invalid('cbor/claimed-text', 'text that claims 2^53-1 bytes', bytes(head(3, 2 ** 53 - 1, 8), 0x61)),
  invalid('cbor/deep-arrays', 'lists inside each other, 16,383 deep', bytes(new Uint8Array(16_383).fill(0x81), 1)),
  invalid('cbor/deep-links', 'link tags inside each other', bytes(fromHex('d82a'.repeat(500)), 0x40)),
  invalid('cbor/deep-maps', 'maps inside each other', bytes(fromHex('a16161'.repeat(3_000)), 1)),
  invalid('cbor/break-alone', 'a stop code where a value belongs', Uint8Array.of(0xff)),
  invalid('cbor/reserved-head', 'a reserved length form', Uint8Array.of(0x9c)),
  invalid('size/oversize-garbage', '16,385 bytes of anything', new Uint8Array(16_385)),
]

const numbers = (): InvalidOp[] => [
  invalid('cbor/long-int', 'an integer in more bytes than it needs', withAt(head(0, NOW, 8))),
  invalid('cbor/long-zero', 'the version in two bytes', signedEntries(withField('v', head(0, 1, 1)))),
  invalid('cbor/float64-integer', 'an integer as a 64-bit floating-point number', withAt(float64(NOW))),
  invalid('cbor/float64', 'a 64-bit floating-point number', withAt(float64(NOW + 0.5))),
  invalid('cbor/float32', 'a 32-bit floating-point number', withAt(fromHex('fa 47c35000'))),
  invalid('cbor/float16', 'a 16-bit floating-point number', withAt(fromHex('f93c00'))),
  invalid('cbor/not-a-number', 'NaN', withAt(fromHex('fb7ff8000000000000'))),
  invalid('cbor/integer-2-53', 'an integer beyond the safe range', withAt(fromHex('1b 0020000000000000'))),
  invalid('cbor/integer-2-64', 'the largest CBOR integer', withAt(fromHex('1b ffffffffffffffff'))),
  invalid('cbor/integer-minus-2-64', 'the smallest CBOR integer', withAt(fromHex('3b ffffffffffffffff'))),
  invalid('cbor/float-in-extension', 'a floating-point number in an extension', withX(bytes(rawMap([['a', float64(1.5)]])))),
]

const payloads = (): InvalidOp[] => [
  invalid('cbor/payload-empty', 'a payload without bytes', signedBytes(new Uint8Array(0), 3)),
  invalid('cbor/payload-trailing-byte', 'one byte after the payload', signedBytes(bytes(payload, 0), 3)),
  invalid('cbor/payload-truncated', 'a payload without its last byte', signedBytes(payload.subarray(0, -1), 3)),
  invalid('cbor/payload-indefinite-map', 'a payload as a map of indefinite length', signedBytes(bytes(0xbf, payload.subarray(1), 0xff), 3)),
  invalid('canonical/unsorted-keys', 'the keys of the payload in another order', signedEntries(entries.toReversed())),
  invalid('canonical/alphabetical-keys', 'the keys in the order of a dictionary',
    signedEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))),
  invalid('cbor/duplicate-key', 'a key twice', signedEntries([...entries.slice(0, 2), ...entries.slice(1)])),
  invalid('cbor/integer-key', 'a map key that is a number', signedBytes(bytes(head(5, entries.length + 1), 1, 1, payload.subarray(1)), 3)),
  invalid('cbor/undefined', 'undefined where null belongs', signedEntries(withField('prev', Uint8Array.of(0xf7)))),
  invalid('cbor/simple-value', 'an unassigned simple value', signedEntries(withField('prev', Uint8Array.of(0xe0)))),
  invalid('cbor/simple-value-two-bytes', 'null in two bytes', signedEntries(withField('prev', fromHex('f816')))),
  invalid('cbor/date-tag', 'a tag other than 42', withAt(bytes(0xc1, encode(NOW)))),
  invalid('cbor/long-tag', 'the link tag in more bytes than it needs', withId(fromHex('d9002a'), encode(IDENTITY).subarray(2))),
  invalid('cbor/link-without-zero', 'a link without the leading zero byte', withId(fromHex('d82a 5824'), IDENTITY.bytes)),
  invalid('cbor/link-of-text', 'a link made of text', withId(fromHex('d82a'), encode(`b${'a'.repeat(58)}`))),
  invalid('cbor/link-empty', 'a link without bytes', withId(fromHex('d82a 40'))),
  invalid('cbor/link-truncated', 'a link whose digest is one byte short', withId(fromHex('d82a 5824 00'), IDENTITY.bytes.subarray(0, -1))),
  invalid('canonical/invalid-utf8', 'text that is not UTF-8', signedEntries(withField('t', fromHex('67 72656c65617365'.replace('61', 'c3'))))),
  invalid('canonical/surrogate', 'half a surrogate pair, encoded', withX(rawMap([['a', fromHex('63 eda080')]]))),
  invalid('canonical/byte-order-mark', 'text that begins with a byte order mark', withX(rawMap([['a', fromHex('64 efbbbf61')]]))),
  invalid('cbor/deep-extension', 'an extension nested too deeply', withX(rawMap([['a', bytes(new Uint8Array(15).fill(0x81), 1)]]))),
  invalid('schema/link-in-disguise', 'an extension that some encoders take for a link', withX(rawMap([['/', encode(true)], ['bytes', encode(true)]]))),
  invalid('schema/payload-link-in-disguise', 'a field that some encoders take for a link',
    signedEntries(withField('v', rawMap([['/', encode('a')], ['bytes', encode('a')]])))),
  invalid('schema/payload-list', 'a payload that is a list', signedBytes(encode([releaseWire()]), 3)),
  invalid('schema/payload-null', 'a payload that is null', signedBytes(encode(null), 3)),
  invalid('schema/payload-link', 'a payload that is a link', signedBytes(encode(IDENTITY), 3)),
  invalid('schema/payload-bytes', 'a payload that is a byte string', signedBytes(encode(new Uint8Array(3)), 3)),
]

/** Bytes that are not the canonical DAG-CBOR of anything. */
export const invalidCbor = (): readonly InvalidOp[] => [...envelopes(), ...numbers(), ...payloads()]
