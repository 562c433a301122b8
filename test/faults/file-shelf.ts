import { open } from 'node:fs/promises'
import type { BlobShelf } from '#bulk'
import { type Digest, GgenError } from '#core'

/** A blob that lies in a file. */
export interface BlobFile {
  readonly digest: Digest
  readonly sizeBytes: number
  readonly path: string
}

const CHUNK_BYTES = 256 * 1024

/** What these files hold, and nothing else. */
export const fileShelf = (files: readonly BlobFile[]): BlobShelf => {
  const find = (digest: Digest): BlobFile | undefined => files.find((file) => file.digest === digest)
  return {
    look: async (digest) => {
      const file = find(digest)
      return file && { sizeBytes: file.sizeBytes }
    },
    read: async function* (digest, { offset, length }, signal) {
      const file = find(digest)
      if (file === undefined) throw new GgenError('blob-not-found', 'no such file')
      await using handle = await open(file.path)
      for (let done = 0; done < length;) {
        signal.throwIfAborted()
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(CHUNK_BYTES, length - done)), 0, undefined, offset + done)
        if (bytesRead === 0) throw new GgenError('store-broken', `${file.path} ends too early`)
        yield buffer.subarray(0, bytesRead)
        done += bytesRead
      }
    },
  }
}
