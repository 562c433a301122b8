import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { FOREIGN_LIMITS } from '#foreign'
import { hasCode, onFile } from './file-fault.ts'

/** What an index said when it was read last. */
export interface RememberedIndex {
  readonly bytes: Uint8Array
  readonly etag: string | undefined
  /** Unix milliseconds. */
  readonly at: number
}

/** The indexes that were read, by where they lay. A memory that is damaged remembers nothing: it can be read again. */
export interface IndexMemory {
  read(place: URL): Promise<RememberedIndex | undefined>
  write(place: URL, index: Pick<RememberedIndex, 'bytes' | 'etag'>): Promise<void>
}

const ETAG_CHARS = 256
const HEAD = /^([\x21-\x7e]{0,256})\n/

/** A folder of one file for each index: the tag on the first line, then the bytes; when it was read is when the file was written. */
export const openIndexMemory = (folder: string): IndexMemory => {
  const pathOf = (place: URL): string => join(folder, createHash('sha256').update(place.href).digest('hex').slice(0, 32))
  return {
    read: async (place) => {
      const path = pathOf(place)
      try {
        const { size, mtimeMs } = await stat(path)
        if (size > FOREIGN_LIMITS.indexBytes + ETAG_CHARS + 1) return undefined
        const file = await readFile(path)
        const head = HEAD.exec(file.subarray(0, ETAG_CHARS + 1).toString('latin1'))
        if (head === null) return undefined
        const [line, etag = ''] = head
        return { bytes: Uint8Array.from(file.subarray(line.length)), etag: etag === '' ? undefined : etag, at: Math.floor(mtimeMs) }
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return undefined
        throw onFile(error, path)
      }
    },
    write: async (place, { bytes, etag = '' }) => {
      const path = pathOf(place)
      const draft = `${path}.${randomBytes(6).toString('hex')}`
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await using file = await open(draft, 'wx', 0o600)
        await file.writeFile(Buffer.concat([Buffer.from(`${HEAD.test(`${etag}\n`) ? etag : ''}\n`), bytes]))
        await rename(draft, path)
      } catch (error) {
        await rm(draft, { force: true })
        throw onFile(error, path)
      }
    },
  }
}
