import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { LIMITS } from '#core'
import { frameInvalid } from './fields.ts'

const LENGTH_BYTES = 4

/** Gathers envelopes for one piece of a snapshot. */
export class SnapshotChunkWriter {
  readonly #parts: Uint8Array[] = []
  #bytes = 0
  #ops = 0

  get ops(): number {
    return this.#ops
  }

  /** Adds an envelope if there is room for it; an empty piece has room for every one. */
  add(envelope: Uint8Array): boolean {
    if (this.#ops === LIMITS.snapshotChunkOps || this.#bytes + LENGTH_BYTES + envelope.length > LIMITS.snapshotRawBytes) return false
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeUInt32BE(envelope.length)
    this.#parts.push(length, envelope)
    this.#bytes += LENGTH_BYTES + envelope.length
    this.#ops += 1
    return true
  }

  /** The piece: a zstd frame of each envelope with its length before it. */
  bytes(): Uint8Array {
    return Uint8Array.from(zstdCompressSync(Buffer.concat(this.#parts, this.#bytes)))
  }
}

/** The envelopes of a piece, unchecked; throws `frame-invalid`, also for one that would become larger than any honest piece. */
export const decodeSnapshotChunk = (chunk: Uint8Array): readonly Uint8Array[] => {
  const raw = inflate(chunk)
  const envelopes: Uint8Array[] = []
  let place = 0
  while (place < raw.length) {
    const start = place + LENGTH_BYTES
    if (start > raw.length) throw frameInvalid('a piece of a snapshot that ends too early')
    place = start + raw.readUInt32BE(place)
    if (place > raw.length || place === start) throw frameInvalid('an op in a snapshot that is cut off or empty')
    envelopes.push(Uint8Array.from(raw.subarray(start, place)))
    if (envelopes.length > LIMITS.snapshotChunkOps) throw frameInvalid('too many ops in one piece of a snapshot')
  }
  return envelopes
}

/** The largest window, as a power of two, that a piece of at most `LIMITS.snapshotRawBytes` can have a use for. */
const WINDOW_LOG_MAX = 20
const INFLATE_OPTIONS = { maxOutputLength: LIMITS.snapshotRawBytes, params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX }, info: true } as const

/** Node says with `info` also how much it read; its types do not know that. */
type InflateWithInfo = (chunk: Uint8Array, options: typeof INFLATE_OPTIONS) => { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } }

const inflate = (chunk: Uint8Array): Buffer => {
  try {
    const { buffer, engine } = (zstdDecompressSync as unknown as InflateWithInfo)(chunk, INFLATE_OPTIONS)
    if (engine.bytesWritten === chunk.length) return buffer
  } catch (error) {
    throw frameInvalid('a piece of a snapshot that is not compressed as it should be', error)
  }
  throw frameInvalid('a piece of a snapshot with something behind it')
}
