import { crc32 } from 'node:zlib'
import { broken, unsafe } from './archive-fault.ts'
import type { ByteCursor } from './byte-cursor.ts'
import { inflate } from './inflate.ts'

const FLAG_HEADER_CRC = 2
const FLAG_EXTRA = 4
const FLAG_NAME = 8
const FLAG_COMMENT = 16
const FLAGS_RESERVED = 0xe0

/** Longest name or comment that a gzip header may carry. */
const TEXT_BYTES = 4096

/**
 * The contents of a stream that is exactly one gzip member: header, checksum and length are checked, anything behind it is refused.
 * Throws `archive-broken`, `archive-unsafe` (rule `gzip-member`) and `archive-too-large`; what was yielded counts only after the last.
 */
export async function* readGzipMember(cursor: ByteCursor): AsyncGenerator<Uint8Array> {
  await readHeader(cursor)
  let checksum = 0
  let sizeBytes = 0
  for await (const piece of inflate(cursor)) {
    checksum = crc32(piece, checksum)
    sizeBytes += piece.length
    yield piece
  }
  const trailer = view(await takeAll(cursor, 8))
  if (trailer.getUint32(0, true) !== checksum) throw broken('the checksum of the archive is wrong')
  if (trailer.getUint32(4, true) !== sizeBytes % 2 ** 32) throw broken('the length that the archive names is wrong')
  if ((await cursor.chunk()) !== undefined) throw unsafe('gzip-member', 'something follows the end of the compressed archive')
}

async function readHeader(cursor: ByteCursor): Promise<void> {
  const fixed = await takeAll(cursor, 10)
  const [magic1, magic2, method, flags = 0] = fixed
  if (magic1 !== 0x1f || magic2 !== 0x8b) throw broken('not a gzip file')
  if (method !== 8 || (flags & FLAGS_RESERVED) !== 0) throw broken('a kind of gzip file that is not known')
  let checksum = crc32(fixed)
  const take = async (count: number): Promise<Uint8Array> => {
    const bytes = await takeAll(cursor, count)
    checksum = crc32(bytes, checksum)
    return bytes
  }
  if ((flags & FLAG_EXTRA) !== 0) await take(view(await take(2)).getUint16(0, true))
  if ((flags & FLAG_NAME) !== 0) await skipText(take)
  if ((flags & FLAG_COMMENT) !== 0) await skipText(take)
  const expected = checksum & 0xffff
  if ((flags & FLAG_HEADER_CRC) !== 0 && view(await take(2)).getUint16(0, true) !== expected) throw broken('the header of the gzip file is damaged')
}

async function skipText(take: (count: number) => Promise<Uint8Array>): Promise<void> {
  for (let length = 0; length <= TEXT_BYTES; length++) {
    if ((await take(1))[0] === 0) return
  }
  throw broken('the header of the gzip file is too long')
}

async function takeAll(cursor: ByteCursor, count: number): Promise<Uint8Array> {
  const bytes = await cursor.take(count)
  if (bytes.length < count) throw broken('the archive ends too early')
  return bytes
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
