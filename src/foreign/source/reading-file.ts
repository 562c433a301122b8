import { createReadStream } from 'node:fs'
import { onFile } from './file-fault.ts'

const CHUNK_BYTES = 256 * 1024

/** The bytes of a file as they are now. Throws `path-not-found`, `denied` and `store-broken`. */
export async function* readingFile(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES, ...(signal !== undefined && { signal }) })
    for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk
  } catch (error) {
    signal?.throwIfAborted()
    throw onFile(error, path)
  }
}
