import { constants, crc32, deflateRawSync } from 'node:zlib'

/** No name, no time, best compression, no operating system: nothing that differs between two machines. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff)
const PIECE_BYTES = 256 * 1024
const WINDOW_BYTES = 32 * 1024

/**
 * One gzip member of the bytes. The same bytes give the same result however they are cut into chunks, within one version of zlib.
 * Compresses piece by piece on the calling thread, at most 256 KiB at a time.
 */
export async function* writeGzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield HEADER
  let checksum = 0
  let sizeBytes = 0
  let window: Uint8Array = new Uint8Array(0)
  let piece: Uint8Array = new Uint8Array(0)
  for await (const next of inPieces(chunks)) {
    if (piece.length > 0) yield deflate(piece, window, constants.Z_SYNC_FLUSH)
    window = piece.subarray(-WINDOW_BYTES)
    piece = next
    checksum = crc32(next, checksum)
    sizeBytes += next.length
  }
  yield deflate(piece, window, constants.Z_FINISH)
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(checksum, 0)
  trailer.writeUInt32LE(sizeBytes % 2 ** 32, 4)
  yield trailer
}

/** A piece that ends at a byte border is followed by the next as if they were one stream; the window carries over what came before. */
const deflate = (piece: Uint8Array, window: Uint8Array, finishFlush: number): Uint8Array =>
  deflateRawSync(piece, { level: 9, finishFlush, ...(window.length > 0 && { dictionary: window }) })

async function* inPieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let piece = Buffer.allocUnsafe(PIECE_BYTES)
  let filled = 0
  for await (const chunk of chunks) {
    for (let offset = 0; offset < chunk.length; ) {
      const part = chunk.subarray(offset, offset + PIECE_BYTES - filled)
      piece.set(part, filled)
      filled += part.length
      offset += part.length
      if (filled < PIECE_BYTES) continue
      yield piece
      piece = Buffer.allocUnsafe(PIECE_BYTES)
      filled = 0
    }
  }
  if (filled > 0) yield piece.subarray(0, filled)
}
