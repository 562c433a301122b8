import type { PublicKey } from '#core'

const KEY_BYTES = 34
const MULTICODEC = Uint8Array.of(0xed, 0x01)

/** y coordinates (little endian, with and without sign bit) of the points whose order divides eight: such keys verify forged signatures. */
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000080',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
])
/** Encodings at or above the field's prime 2^255-19: libraries disagree about them, so they are not keys. */
const BEYOND_FIELD = /^(?:e[d-f]|f[0-9a-f])(?:ff){30}[7f]f$/

/** Keys that were read lately, by their first bytes: every op of a publisher names the same few, twice each. */
const RECENT = 1024
const recent: ({ readonly bytes: Uint8Array; readonly text: PublicKey } | undefined)[] = Array.from({ length: RECENT }, () => undefined)

const isSame = (a: Uint8Array, b: Uint8Array): boolean => {
  for (let at = 0; at < KEY_BYTES; at += 1) if (a[at] !== b[at]) return false
  return true
}

/**
 * The text of bytes that are an admissible multikey: `ed01` and a 32-byte Ed25519 point that is neither of small order nor encoded twice;
 * `undefined` for all others.
 */
export const readMultikey = (bytes: Uint8Array): PublicKey | undefined => {
  if (bytes.length !== KEY_BYTES) return undefined
  const place = ((bytes[2] ?? 0) | ((bytes[3] ?? 0) << 8)) % RECENT
  const known = recent[place]
  if (known !== undefined && isSame(known.bytes, bytes)) return known.text
  const text = readSeldom(bytes)
  if (text !== undefined) recent[place] = { bytes: new Uint8Array(bytes), text }
  return text
}

const readSeldom = (bytes: Uint8Array): PublicKey | undefined => {
  if (bytes[0] !== MULTICODEC[0] || bytes[1] !== MULTICODEC[1]) return undefined
  const text = publicKeyOfBytes(bytes)
  const point = text.slice(2 * MULTICODEC.length)
  return BEYOND_FIELD.test(point) || SMALL_ORDER.has(point) ? undefined : text
}

const publicKeyOfBytes = ({ buffer, byteOffset, length }: Uint8Array): PublicKey => Buffer.from(buffer, byteOffset, length).toString('hex') as PublicKey

/** The 34 bytes of a key as they stand in ops. */
export const publicKeyBytes = (key: PublicKey): Uint8Array => Uint8Array.from(Buffer.from(key, 'hex'))

/** The text of a key out of its 32 raw bytes. */
export const publicKeyOfPoint = (point: Uint8Array): PublicKey => publicKeyOfBytes(Buffer.concat([MULTICODEC, point]))
