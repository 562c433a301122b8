import { createInflateRaw, type InflateRaw, inflateRawSync } from 'node:zlib'
import { LIMITS } from '#core'
import { broken, tooLarge } from './archive-fault.ts'
import type { ByteCursor } from './byte-cursor.ts'

/** Archives up to this size are inflated at once: most packages are that small, it is faster, and it runs without a thread. */
const SMALL_BYTES = 128 * 1024
const SMALL_UNPACKED_BYTES = 4 * 1024 * 1024
const PIECE_BYTES = 64 * 1024

/**
 * Inflates one raw deflate stream, behind which at least one byte must follow, and leaves the cursor exactly there. Throws `archive-broken`,
 * and `archive-too-large` as soon as the output is more than `LIMITS.archiveRatio` times the input.
 */
export async function* inflate(cursor: ByteCursor): AsyncGenerator<Uint8Array> {
  const small = await takeSmall(cursor)
  if (small === undefined) {
    yield* inflatePieces(cursor)
    return
  }
  const unpacked = inflateSmall(small)
  if (unpacked === undefined) {
    cursor.unread(small)
    yield* inflatePieces(cursor)
    return
  }
  cursor.unread(small.subarray(unpacked.consumedBytes))
  if (unpacked.bytes.length > 0) yield unpacked.bytes
}

/** All that is left when it is little, otherwise `undefined` and nothing taken. */
async function takeSmall(cursor: ByteCursor): Promise<Uint8Array | undefined> {
  const start = await cursor.take(SMALL_BYTES + 1)
  if (start.length <= SMALL_BYTES) return start
  cursor.unread(start)
  return undefined
}

/** `undefined`: the output is too much to hold at once. */
function inflateSmall(bytes: Uint8Array): { bytes: Uint8Array; consumedBytes: number } | undefined {
  try {
    const { buffer, engine } = inflateRawSync(bytes, { info: true, maxOutputLength: SMALL_UNPACKED_BYTES }) as unknown as {
      buffer: Uint8Array
      engine: { bytesWritten: number }
    }
    return { bytes: buffer, consumedBytes: engine.bytesWritten }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined
    throw deflateFault(error)
  }
}

async function* inflatePieces(cursor: ByteCursor): AsyncGenerator<Uint8Array> {
  const engine = createInflateRaw({ chunkSize: PIECE_BYTES })
  try {
    let fedBytes = 0
    let unpackedBytes = 0
    for (;;) {
      const chunk = await cursor.chunk()
      if (chunk === undefined) throw broken('the archive ends too early')
      fedBytes += chunk.length
      for await (const piece of inflateChunk(engine, chunk)) {
        unpackedBytes += piece.length
        refuseBomb(unpackedBytes, engine.bytesWritten)
        yield piece
      }
      const leftBytes = fedBytes - engine.bytesWritten
      if (leftBytes > 0) {
        cursor.unread(chunk.subarray(chunk.length - leftBytes))
        return
      }
    }
  } finally {
    engine.destroy()
  }
}

/** Feeds one chunk and yields all that comes of it, piece by piece as it is taken. */
async function* inflateChunk(engine: InflateRaw, chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  let written = false
  let fault: Error | undefined
  let changed = Promise.withResolvers<void>()
  const wake = (): void => changed.resolve()
  const fail = (error: Error): void => {
    fault = error
    wake()
  }
  engine.on('readable', wake).on('error', fail)
  try {
    engine.write(chunk, () => {
      written = true
      wake()
    })
    for (;;) {
      changed = Promise.withResolvers<void>()
      const piece = engine.read() as Uint8Array | null
      if (piece !== null) yield piece
      else if (fault !== undefined) throw deflateFault(fault)
      else if (written) return
      else await changed.promise
    }
  } finally {
    engine.off('readable', wake).off('error', fail)
  }
}

function refuseBomb(unpackedBytes: number, packedBytes: number): void {
  if (unpackedBytes <= LIMITS.archiveRatioFromBytes || unpackedBytes <= packedBytes * LIMITS.archiveRatio) return
  throw tooLarge(`the archive unpacks to more than ${LIMITS.archiveRatio} times its size`, LIMITS.archiveRatio)
}

/** Everything that zlib says of bad input carries a Z_ code; anything else is no statement about the archive. */
function deflateFault(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (code === 'Z_BUF_ERROR') return broken('the archive ends too early', error)
  return code.startsWith('Z_') ? broken('the compressed part of the archive is damaged', error) : error
}
