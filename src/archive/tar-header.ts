import { broken } from './archive-fault.ts'
import { isAllZero } from './byte-cursor.ts'

/** Bytes of a tar block: headers are one, contents fill whole ones. */
export const TAR_BLOCK_BYTES = 512

const SLASH = 0x2f

/** The fields of a tar header that count; everything else in it has no meaning here. */
export interface TarHeader {
  /** Raw bytes of the path, prefix included. */
  readonly name: Uint8Array
  /** One character: `0` and NUL are files, `5` folders. */
  readonly type: string
  readonly sizeBytes: number
  readonly executable: boolean
}

/** Reads one header block; throws `archive-broken`. */
export const parseTarHeader = (block: Uint8Array): TarHeader => {
  if (octal(block.subarray(148, 156), 'checksum') !== checksumOf(block)) throw broken('a header in the archive has a wrong checksum')
  const name = untilZero(block.subarray(0, 100))
  const prefix = hasPrefix(block) ? untilZero(block.subarray(345, 500)) : new Uint8Array(0)
  return {
    name: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.of(SLASH), name]),
    type: String.fromCharCode(block[156] ?? 0),
    sizeBytes: parseSize(block.subarray(124, 136)),
    executable: (octal(block.subarray(100, 108), 'mode', 0) & 0o100) !== 0,
  }
}

/** Writes one ustar header block for a name that fits; see `splitTarName`. No owner, no time. */
export const formatTarHeader = (header: { name: string; prefix: string; type: string; sizeBytes: number; executable: boolean }): Uint8Array => {
  const block = Buffer.alloc(TAR_BLOCK_BYTES)
  block.write(header.name, 0, 100)
  block.write(header.executable ? '0000755\0' : '0000644\0', 100)
  block.write('0000000\0', 108)
  block.write('0000000\0', 116)
  block.write(`${header.sizeBytes.toString(8).padStart(11, '0')}\0`, 124)
  block.write('00000000000\0', 136)
  block.write(header.type, 156)
  block.write('ustar\0', 257)
  block.write('00', 263)
  block.write('0000000\0', 329)
  block.write('0000000\0', 337)
  block.write(header.prefix, 345, 155)
  block.write(`${checksumOf(block).toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

/** How a path fits into the two name fields of ustar; `undefined` when it does not or is not ASCII. */
export const splitTarName = (path: string): { name: string; prefix: string } | undefined => {
  if (!/^[\x20-\x7e]*$/.test(path)) return undefined
  if (path.length <= 100) return { name: path, prefix: '' }
  const slash = path.indexOf('/', path.length - 101)
  return slash === -1 || slash > 155 ? undefined : { name: path.slice(slash + 1), prefix: path.slice(0, slash) }
}

/** Zeros that fill the last block of contents of this size. */
export const tarPaddingBytes = (sizeBytes: number): number => (TAR_BLOCK_BYTES - (sizeBytes % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES

/** POSIX archives have a prefix field; in the older GNU and V7 forms the same bytes mean something else or nothing. */
const hasPrefix = (block: Uint8Array): boolean => {
  const magic = Buffer.from(block.subarray(257, 265)).toString('latin1')
  if (magic === 'ustar\x0000') return true
  if (magic === 'ustar  \0' || magic === '\0'.repeat(8)) return false
  throw broken('a kind of tar file that is not known')
}

const checksumOf = (block: Uint8Array): number => {
  let sum = 8 * 0x20
  for (let index = 0; index < TAR_BLOCK_BYTES; index++) if (index < 148 || index >= 156) sum += block[index] ?? 0
  return sum
}

/** Refuses bytes behind the first zero: other programs disagree on whether they count. */
const untilZero = (field: Uint8Array): Uint8Array => {
  const zero = field.indexOf(0)
  if (zero === -1) return field
  if (!isAllZero(field.subarray(zero))) throw broken('a name in the archive goes on behind its end')
  return field.subarray(0, zero)
}

const octal = (field: Uint8Array, what: string, whenEmpty?: number): number => {
  const text = Buffer.from(field).toString('latin1')
  const digits = /^ *([0-7]+)[ \0]*$/.exec(text)?.[1]
  if (digits !== undefined) return Number.parseInt(digits, 8)
  if (whenEmpty !== undefined && /^[ \0]*$/.test(text)) return whenEmpty
  throw broken(`a header in the archive has no valid ${what}`)
}

/** Octal digits, or binary from the largest bit on, as large files need. */
const parseSize = (field: Uint8Array): number => {
  if (field[0] !== 0x80) return octal(field, 'size')
  const size = BigInt(`0x${Buffer.from(field.subarray(1)).toString('hex')}`)
  return size > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(size)
}
