import { encode } from '@ipld/dag-cbor'
import { signingBytes, signPayload } from '#trust'
import { type InvalidOp, invalid, signedWire } from './invalid-op.ts'
import { fromHex } from './raw-cbor.ts'
import { multikey, testKey } from './test-keys.ts'
import { rolesOfSize } from './valid-ops.ts'
import { genesisWire, releaseWire, statusWire, type Wire } from './wire.ts'

const payload = encode(releaseWire())
const key = multikey(testKey(3))
const signature = testKey(3).sign(signingBytes(payload))
const entry = [key, signature]

const around = (...signatures: readonly unknown[]): Uint8Array => encode([1, payload, signatures])
const signedFor = (n: number, wire: Wire): Uint8Array => testKey(n).sign(signingBytes(encode(wire)))

/** The order of the base point: a signature with S+L is another spelling of the same signature. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

const withAddedOrder = (bytes: Uint8Array): Uint8Array => {
  const scalar = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + ORDER
  const changed = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse()
  return Uint8Array.from(Buffer.concat([bytes.subarray(0, 32), changed]))
}

const flipped = (bytes: Uint8Array, index: number): Uint8Array => bytes.map((byte, at) => (at === index ? byte ^ 1 : byte))

/** All points of small order and the encodings at or above the field's prime. */
const WEAK_POINTS: readonly (readonly [string, string])[] = [
  ['identity', '0100000000000000000000000000000000000000000000000000000000000000'],
  ['identity-signed', '0100000000000000000000000000000000000000000000000000000000000080'],
  ['order-2', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['order-4', '0000000000000000000000000000000000000000000000000000000000000000'],
  ['order-4-negative', '0000000000000000000000000000000000000000000000000000000000000080'],
  ['order-8-a', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
  ['order-8-b', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85'],
  ['order-8-c', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
  ['order-8-d', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'],
  ['order-2-signed', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
  ['not-reduced-0', 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['not-reduced-1', 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['not-reduced-18', 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
]

/** R = identity, S = 0: with the identity as key this "signs" every message for a careless verifier. */
const UNIVERSAL = Uint8Array.from([1, ...new Uint8Array(63)])

const shapes = (): InvalidOp[] => [
  invalid('envelope/envelope-map', 'an envelope that is a map', encode({ payload })),
  invalid('envelope/envelope-number', 'an envelope that is a number', encode(1)),
  invalid('envelope/envelope-of-two', 'an envelope without signatures', encode([1, payload])),
  invalid('envelope/envelope-of-four', 'an envelope with something more', encode([1, payload, [entry], null])),
  invalid('version/envelope-version-2', 'an envelope of another version', encode([2, payload, [entry]])),
  invalid('version/envelope-version-0', 'an envelope of version 0', encode([0, payload, [entry]])),
  invalid('envelope/envelope-version-text', 'an envelope whose version is text', encode(['1', payload, [entry]])),
  invalid('envelope/payload-map', 'a payload that is a map, not bytes', encode([1, releaseWire(), [entry]])),
  invalid('envelope/payload-text', 'a payload that is text', encode([1, 'payload', [entry]])),
  invalid('envelope/signatures-none', 'an empty list of signatures', around()),
  invalid('envelope/signatures-map', 'signatures as a map', encode([1, payload, { a: signature }])),
  invalid('envelope/signatures-17', 'seventeen correct signatures',
    around(...Array.from({ length: 17 }, (_, n) => [multikey(testKey(n)), testKey(n).sign(signingBytes(payload))]))),
  invalid('envelope/signer-twice', 'the same signature twice', around(entry, entry)),
  invalid('envelope/signature-alone', 'a signature without its key', around(signature)),
  invalid('envelope/signature-of-three', 'a signature with something more', around([...entry, 1])),
  invalid('envelope/signature-63-bytes', 'a signature that is too short', around([key, signature.subarray(1)])),
  invalid('envelope/signature-65-bytes', 'a signature that is too long', around([key, Uint8Array.from([...signature, 0])])),
  invalid('envelope/signature-text', 'a signature that is text', around([key, 's'.repeat(64)])),
  invalid('key/signer-33-bytes', 'a key that is too short', around([key.subarray(1), signature])),
  invalid('key/signer-p256', 'a key of another algorithm', around([Uint8Array.from([0x80, 0x24, ...key.subarray(2)]), signature])),
  invalid('key/signer-text', 'a key that is text', around([testKey(3).publicKey, signature])),
  invalid('size/one-byte-too-large', 'an envelope of 16,385 bytes that is right in everything else', rolesOfSize(16_385)),
]

const signatures = (): InvalidOp[] => [
  ...WEAK_POINTS.map(([name, point]) =>
    invalid(`key/weak-key-${name}`, `a second signer of small order or not reduced: ${name}`,
      around(entry, [Uint8Array.from([0xed, 1, ...fromHex(point)]), UNIVERSAL]))),
  invalid('signature/signature-flipped', 'a signature with one bit changed', around([key, flipped(signature, 5)])),
  invalid('signature/signature-zero', 'a signature of zeros', around([key, new Uint8Array(64)])),
  invalid('signature/signature-malleable', 'a correct signature with the group order added to S', around([key, withAddedOrder(signature)])),
  invalid('signature/signature-of-another-op', 'the signature of another op', around([key, signedFor(3, statusWire())])),
  invalid('signature/signature-by-another-key', 'the signature of another key under the name of the right one',
    around([key, signedFor(4, releaseWire())])),
  invalid('signature/signature-without-encoding', 'a signature of the bare payload',
    around([key, testKey(3).sign(payload)])),
  invalid('signature/second-signature-wrong', 'one right and one wrong signature', around(entry, [multikey(testKey(4)), flipped(signature, 0)])),
  invalid('signature/key-off-the-curve', 'a signer that is no point of the curve',
    around(entry, [Uint8Array.from([0xed, 1, 2, ...new Uint8Array(31)]), signature])),
  invalid('signature/feed-did-not-sign', 'a release that another key signed', signPayload(payload, [testKey(4)])),
  invalid('signature/status-feed-did-not-sign', 'a status that another key signed', signedWire(statusWire(), 4)),
  invalid('signature/genesis-signature-flipped', 'a genesis with a wrong signature',
    encode([1, encode(genesisWire()), [[multikey(testKey(0)), flipped(signedFor(0, genesisWire()), 63)]]])),
]

/** Envelopes of a wrong shape, and signatures that do not hold. */
export const invalidEnvelopes = (): readonly InvalidOp[] => [...shapes(), ...signatures()]
