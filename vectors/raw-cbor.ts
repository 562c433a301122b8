import { encode } from '@ipld/dag-cbor'

/** CBOR written by hand, so that it can be wrong in every way. */
export const bytes = (...parts: readonly (number | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(Buffer.concat(parts.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : part))))

export const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

/** A head of a major type with an argument in so many bytes, needed or not. */
export const head = (major: number, argument: number, width: 0 | 1 | 2 | 4 | 8 = 0): Uint8Array => {
  if (width === 0) return Uint8Array.of((major << 5) | argument)
  const argumentBytes = Buffer.from(argument.toString(16).padStart(2 * width, '0'), 'hex')
  return bytes((major << 5) | (24 + Math.log2(width)), argumentBytes)
}

/** A map of up to 23 entries whose values are already encoded, in the order given. */
export const rawMap = (entries: readonly (readonly [string, Uint8Array])[]): Uint8Array =>
  bytes(head(5, entries.length), ...entries.flatMap(([key, value]) => [encode(key), value]))

/** The entries of a map as DAG-CBOR orders them, each value encoded. */
export const rawEntries = (map: Readonly<Record<string, unknown>>): (readonly [string, Uint8Array])[] =>
  Object.entries(map)
    .sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1))
    .map(([key, value]) => [key, encode(value)] as const)
