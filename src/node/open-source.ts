import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { GgenError } from '#core'
import type { PublishSource } from '#flow/publish'
import { diskFolder } from '#project'

const CHUNK_BYTES = 256 * 1024

/** What lies at an absolute path: a folder, or the bytes of an archive. Throws `path-not-found`. */
export const openSource = async (path: string): Promise<PublishSource> => {
  const found = await look(path)
  if (found.isDirectory()) return { kind: 'folder', tree: diskFolder(path) }
  if (found.isFile()) return { kind: 'archive', chunks: createReadStream(path, { highWaterMark: CHUNK_BYTES }) }
  throw new GgenError('path-not-found', `${path} is neither a folder nor a file`)
}

const look = async (path: string): ReturnType<typeof stat> => {
  try {
    return await stat(path)
  } catch (error) {
    throw new GgenError('path-not-found', `there is nothing to publish at ${path}`, { cause: error })
  }
}
