import type { FileHandle } from 'node:fs/promises'
import type { BlobRange } from '#store'

/** Fills `bytes` from `offset` of the file on; gives how many there were before its end. One call of the system may give less. */
export const readInto = async (file: FileHandle, bytes: Uint8Array, offset: number): Promise<number> => {
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}

/** A range of a file, cut at its end. */
export const readFully = async (file: FileHandle, { offset, length }: BlobRange): Promise<Uint8Array> => {
  const bytes = new Uint8Array(length)
  const filled = await readInto(file, bytes, offset)
  return filled === length ? bytes : bytes.slice(0, filled)
}

/** Writes all chunks, one behind the other from `offset` on. One call of the system may take less. */
export const writeFully = async (file: FileHandle, offset: number, chunks: readonly Uint8Array[]): Promise<void> => {
  const { bytesWritten } = await file.writev(chunks, offset)
  let [position, written] = [offset, bytesWritten]
  for (const chunk of chunks) {
    for (let done = Math.min(written, chunk.length); done < chunk.length;) {
      done += (await file.write(chunk, done, chunk.length - done, position + done)).bytesWritten
    }
    written = Math.max(0, written - chunk.length)
    position += chunk.length
  }
}

/** Reads ranges one after the other, each while the reader is busy with the one before. Throws what reading throws, or the signal's reason. */
export async function* readAhead(
  ranges: Iterable<BlobRange>, read: (range: BlobRange) => Promise<Uint8Array>, signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const start = (range: BlobRange): Promise<[PromiseSettledResult<Uint8Array>]> => Promise.allSettled([read(range)])
  let coming: ReturnType<typeof start> | undefined
  try {
    for (const range of ranges) {
      const here = await coming
      coming = start(range)
      if (here !== undefined) yield unwrap(here)
      signal?.throwIfAborted()
    }
    if (coming !== undefined) yield unwrap(await coming)
  } finally {
    await coming
  }
}

const unwrap = ([outcome]: readonly [PromiseSettledResult<Uint8Array>]): Uint8Array => {
  if (outcome.status === 'rejected') throw outcome.reason
  return outcome.value
}
