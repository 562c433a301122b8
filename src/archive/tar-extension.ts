import { broken, unsafe } from './archive-fault.ts'
import { isAllZero } from './byte-cursor.ts'
import { quote } from './display-text.ts'

/** Records that change neither name, size, type nor contents; real archives of many tools carry them. */
const HARMLESS = /^(?:[amc]time|comment|uid|gid|uname|gname|SCHILY\.(?:dev|ino|nlink|fflags|(?:acl|xattr)\..+)|LIBARCHIVE\.(?:creationtime|xattr\..+))$/
const LENGTH = /^[1-9][0-9]{0,6} /

/**
 * The path that the records of a PAX header give to the next entry, if any. Throws `archive-unsafe` (rule `extension`) on every record that
 * could make two programs read two archives, `archive-broken` on malformed ones.
 */
export const parsePaxPath = (bytes: Uint8Array): Uint8Array | undefined => {
  let path: Uint8Array | undefined
  for (const { key, value } of records(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) {
    if (key !== 'path') {
      if (!HARMLESS.test(key)) throw unsafe('extension', `the archive has an extended header that is not allowed: ${quote(key)}`)
      continue
    }
    if (path !== undefined) throw unsafe('extension', 'an extended header gives two paths to one entry')
    path = value
  }
  return path
}

/** The path of a GNU long-name entry: text with one or more zeros behind it. Throws `archive-broken`. */
export const parseGnuPath = (bytes: Uint8Array): Uint8Array => {
  const zero = bytes.indexOf(0)
  if (zero === -1 || !isAllZero(bytes.subarray(zero))) throw broken('a long name in the archive is malformed')
  return bytes.subarray(0, zero)
}

/** The extended header for one entry whose path does not fit a plain one. */
export const formatPaxPath = (path: string): Uint8Array => {
  const rest = ` path=${path}\n`
  const restBytes = Buffer.byteLength(rest)
  let length = restBytes + 1
  while (String(length).length + restBytes !== length) length = String(length).length + restBytes
  return Buffer.from(`${length}${rest}`)
}

/** Every record is `<length of the whole record> <key>=<value>\n`. */
function* records(bytes: Buffer): Generator<{ key: string; value: Uint8Array }> {
  for (let start = 0; start < bytes.length; ) {
    const length = LENGTH.exec(bytes.toString('latin1', start, start + 8))?.[0]
    if (length === undefined) throw broken('an extended header in the archive is malformed')
    const end = start + Number.parseInt(length, 10)
    const equals = bytes.indexOf('=', start + length.length)
    if (end > bytes.length || bytes[end - 1] !== 0x0a || equals === -1 || equals >= end - 1) throw broken('an extended header in the archive is malformed')
    yield { key: bytes.toString('latin1', start + length.length, equals), value: bytes.subarray(equals + 1, end - 1) }
    start = end
  }
}
