import { createReadStream, existsSync } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reopenOp } from '#trust'
import { mixed, realPackages } from './real-packages.ts'
import { signedOps } from './signed-ops.ts'

/** Goes up with every change of the records or of their signing. */
const FORMAT = 1
const LENGTH_BYTES = 4
const WRITE_BYTES = 4 << 20

/** Where what is costly to make stays from one run to the next. */
export const cacheFolder = async (): Promise<string> => {
  const folder = join(tmpdir(), 'ggen-bench-catalogue')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

const lengthOf = (envelope: Uint8Array): Buffer => {
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32BE(envelope.length)
  return length
}

/**
 * The path of a file with all signed ops of `count` packages, made where it is not there yet (0.2 ms an op). Each op is a big-endian 32-bit
 * length and so many bytes, parents first.
 */
export const opsFile = async (seed: number, count: number): Promise<string> => {
  const real = await realPackages()
  const path = join(await cacheFolder(), `ops-${FORMAT}-${seed}-${count}-${real.length}.bin`)
  if (existsSync(path)) return path
  const unfinished = `${path}.${process.pid}`
  await using file = await open(unfinished, 'w')
  let waiting: Uint8Array[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    await file.writeFile(Buffer.concat(waiting))
    waiting = []
    bytes = 0
  }
  for (const envelope of signedOps(seed, mixed(real, seed, count))) {
    waiting.push(lengthOf(envelope), envelope)
    bytes += LENGTH_BYTES + envelope.length
    if (bytes > WRITE_BYTES) await flush()
  }
  await flush()
  await rename(unfinished, path)
  return path
}

/** The ops in pieces of such a file, in their order. Each is a view of what was read: copy it to keep it alone. */
export async function* splitOps(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : Buffer.concat([rest, chunk])
    let from = 0
    while (from + LENGTH_BYTES <= bytes.length) {
      const end = from + LENGTH_BYTES + bytes.readUInt32BE(from)
      if (end > bytes.length) break
      yield bytes.subarray(from + LENGTH_BYTES, end)
      from = end
    }
    rest = bytes.subarray(from)
  }
  if (rest.length > 0) throw new Error('a file of ops ends within one; remove it')
}

/** The ops of such a file, as `splitOps` gives them. */
export const readOps = (path: string): AsyncGenerator<Uint8Array> => splitOps(createReadStream(path, { highWaterMark: WRITE_BYTES }))

/** The moment before which all ops of a file were signed but the last `count`. */
export const momentBefore = async (path: string, count: number): Promise<number> => {
  const moments: number[] = []
  for await (const envelope of readOps(path)) moments.push(reopenOp(envelope).at)
  return moments.sort((a, b) => a - b).at(-count) ?? -Infinity
}

/** Writes those ops of a file that were signed at a moment or later into another one; how many they are. */
export const copyOpsSince = async (path: string, moment: number, to: string): Promise<number> => {
  await using file = await open(to, 'w')
  let count = 0
  for await (const envelope of readOps(path)) {
    if (reopenOp(envelope).at < moment) continue
    await file.writeFile(Buffer.concat([lengthOf(envelope), envelope]))
    count += 1
  }
  return count
}
