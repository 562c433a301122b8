import { gzipSync } from 'node:zlib'

/** What a header may say; everything is written as it is given, right or wrong. */
export interface RawHeader {
  readonly name: string | Uint8Array
  readonly type?: string
  readonly sizeBytes?: number
  readonly mode?: number
  readonly link?: string
  readonly prefix?: string
  /** The bytes of the size field, instead of octal digits. */
  readonly rawSize?: Uint8Array | string
  readonly magic?: string
}

const POSIX = 'ustar\x0000'
const BLOCK = 512

/** One header block with a right checksum. */
export const header = ({ name, type = '0', sizeBytes = 0, mode = 0o644, link = '', prefix = '', rawSize, magic = POSIX }: RawHeader): Buffer => {
  const block = Buffer.alloc(BLOCK)
  Buffer.from(name).copy(block, 0, 0, 100)
  block.write(`${mode.toString(8).padStart(7, '0')}\0`, 100, 'latin1')
  block.write('0000000\0' + '0000000\0', 108, 'latin1')
  if (rawSize === undefined) block.write(`${sizeBytes.toString(8).padStart(11, '0')} `, 124, 'latin1')
  else Buffer.from(rawSize).copy(block, 124, 0, 12)
  block.write('00000000000 ', 136, 'latin1')
  block.write(type, 156, 'latin1')
  block.write(link, 157, 100)
  block.write(magic, 257, 'latin1')
  block.write(prefix, 345, 155)
  block.fill(' ', 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

/** Contents with zeros up to the end of their last block. */
export const padded = (content: Uint8Array): Buffer => Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)])

/** One file. */
export const file = (name: string | Uint8Array, content: string | Uint8Array = 'x', more: Omit<RawHeader, 'name'> = {}): Buffer => {
  const bytes = Buffer.from(content)
  return Buffer.concat([header({ name, sizeBytes: bytes.length, ...more }), padded(bytes)])
}

/** One folder. */
export const folder = (name: string): Buffer => header({ name, type: '5' })

/** One GNU header with the path of the next entry. */
export const gnuName = (name: string): Buffer => file('././@LongLink', name, { type: 'L', magic: 'ustar  \0' })

/** One extended header: `x` for the next entry, `g` for all. */
export const pax = (records: Readonly<Record<string, string>> | readonly (readonly [string, string])[], type = 'x'): Buffer => {
  const pairs = Array.isArray(records) ? (records as readonly (readonly [string, string])[]) : Object.entries(records)
  return file('PaxHeader', pairs.map(([key, value]) => paxRecord(key, value)).join(''), { type })
}

const paxRecord = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`
  const restBytes = Buffer.byteLength(rest)
  let digits = 1
  while (String(digits + restBytes).length !== digits) digits++
  return `${digits + restBytes}${rest}`
}

/** The two blocks of zeros that end a tar file. */
export const END = Buffer.alloc(2 * BLOCK)

/** The manifest that makes an archive a package. */
export const MANIFEST = file('package/package.json', '{"name":"a","version":"1.0.0"}')

/** A whole archive of these blocks. */
export const archive = (...blocks: readonly Uint8Array[]): Buffer => gzipSync(Buffer.concat([...blocks, END]), { level: 9 })
