/** One value of DER: the tag byte, the bytes inside, and the bytes as a whole. */
export interface DerValue {
  readonly tag: number
  readonly content: Uint8Array
  readonly whole: Uint8Array
}

/** The tags that a certificate is made of. */
export const TAG = Object.freeze({
  integer: 0x02, bits: 0x03, octets: 0x04, utf8: 0x0c, shortTime: 0x17, time: 0x18, sequence: 0x30, set: 0x31, extensions: 0xa3,
})

const lengthBytes = (length: number): number[] => {
  if (length < 0x80) return [length]
  const digits: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  return [0x80 | digits.length, ...digits]
}

/** Writes one value around its parts. */
export const der = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(content.length)]), content])
}

/** Reads the values that follow each other in `bytes`; `undefined` when they are not DER to the last byte. */
export const readDer = (bytes: Uint8Array): readonly DerValue[] | undefined => {
  const values: DerValue[] = []
  for (let at = 0; at < bytes.length; ) {
    const value = readOne(bytes, at)
    if (value === undefined) return undefined
    values.push(value)
    at += value.whole.length
  }
  return values
}

/** Certificates have one-byte tags, and two digits of length reach 64 KiB. */
const readOne = (bytes: Uint8Array, at: number): DerValue | undefined => {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined
  const digits = first < 0x80 ? 0 : first & 0x7f
  if (first === 0x80 || digits > 2 || at + 2 + digits > bytes.length) return undefined
  let length = digits === 0 ? first : 0
  for (let digit = 0; digit < digits; digit++) length = length * 256 + (bytes[at + 2 + digit] ?? 0)
  const start = at + 2 + digits
  const isShortest = lengthBytes(length).length === 1 + digits
  if (!isShortest || start + length > bytes.length) return undefined
  return { tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) }
}
