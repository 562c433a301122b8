import type { PublicKey } from '#core'

const KEY_BYTES = 34
const MULTICODEC = Uint8Array.of(0xed, 0x01)

/** y coordinates (little endian, sign bit cleared) of the points whose order divides eight: such keys verify forged signatures. */
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
])

/** Encodings at or above the field's prime 2^255-19: libraries disagree about them, so they are not keys. */
const exceedsField = (point: Uint8Array): boolean => (point[0] ?? 0) >= 0xed && point.subarray(1, 31).every((byte) => byte === 0xff) && point[31] === 0x7f

/** Whether bytes are an admissible multikey: `ed01` and a 32-byte Ed25519 point that is neither of small order nor encoded twice. */
export const isMultikey = (bytes: Uint8Array): boolean => {
  if (bytes.length !== KEY_BYTES || bytes[0] !== MULTICODEC[0] || bytes[1] !== MULTICODEC[1]) return false
  const point = Uint8Array.from(bytes.subarray(2))
  point[31] = (point[31] ?? 0) & 0x7f
  return !exceedsField(point) && !SMALL_ORDER.has(Buffer.from(point).toString('hex'))
}

/** The text of a multikey; call `isMultikey` first. */
export const publicKeyOfBytes = (multikey: Uint8Array): PublicKey => Buffer.from(multikey).toString('hex') as PublicKey

/** The 34 bytes of a key as they stand in ops. */
export const publicKeyBytes = (key: PublicKey): Uint8Array => Uint8Array.from(Buffer.from(key, 'hex'))

/** The text of a key out of its 32 raw bytes. */
export const publicKeyOfPoint = (point: Uint8Array): PublicKey => publicKeyOfBytes(Buffer.concat([MULTICODEC, point]))
