import { createCipheriv, createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

const BLOCK_BYTES = 1 << 20

/** A file to be fetched. */
export interface Payload {
  readonly path: string
  readonly sizeBytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

/** Bytes that cannot be compressed and are the same in every run. */
function* randomBlocks(seed: string, sizeBytes: number): Generator<Buffer> {
  const cipher = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16))
  for (let left = sizeBytes; left > 0; left -= BLOCK_BYTES) yield cipher.update(Buffer.alloc(Math.min(BLOCK_BYTES, left)))
}

/** Writes a file of so many bytes; the seed names it. */
export const makePayload = async (folder: string, seed: string, sizeBytes: number): Promise<Payload> => {
  const path = join(folder, `${seed}.bin`)
  await pipeline(Readable.from(randomBlocks(seed, sizeBytes)), createWriteStream(path))
  return { path, sizeBytes, sha256: await sha256OfFile(path) }
}

export const sha256OfFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: BLOCK_BYTES }), hash)
  return hash.digest('hex')
}
