import { dirname } from 'node:path'
import { GgenError, type LimitsChange, LIMITS } from '#core'
import { type FileSystem, flushFolder, hasCode, nodeFileSystem, PRIVATE_FILE, READ_FILE, removeFile } from './file-system.ts'
import { onDisk } from './storage-errors.ts'

/** The limits of the bandwidth that were set by command. */
export interface LimitsFile {
  /** Empty when there is no file. Throws `config-invalid` when somebody else wrote it, and `store-broken`. */
  read(): Promise<LimitsChange>
  /** The new ones or, after a power failure, the old ones are there; never a mixture. Throws `disk-full` or `store-broken`. One call at a time. */
  write(change: LimitsChange): Promise<void>
}

const FILE_BYTES = 4096
const KEYS: ReadonlySet<string> = new Set(['up', 'down', 'perPeer'] satisfies (keyof LimitsChange)[])

const isLimit = (value: unknown): boolean => value === null || (Number.isSafeInteger(value) && Number(value) >= LIMITS.stallBytesPerSecond)

const isChange = (value: unknown): value is LimitsChange =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.entries(value).every(([key, limit]) => KEYS.has(key) && isLimit(limit))

const parse = (text: string, path: string): LimitsChange => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw foreign(path)
  }
  if (!isChange(value)) throw foreign(path)
  return value
}

const foreign = (path: string): GgenError =>
  new GgenError('config-invalid', `${path} does not hold limits`, {
    hint: 'remove that file, and set the limits again with: ggen p2p limit',
    details: { path },
  })

/** Opens nothing yet; the folder of the file must be there when it is written. */
export const openLimitsFile = (path: string, files: FileSystem = nodeFileSystem): LimitsFile => ({
  read: () =>
    onDisk(path, async () => {
      try {
        await using file = await files.open(path, READ_FILE)
        const { size } = await file.stat()
        if (size > FILE_BYTES) throw foreign(path)
        return parse(await file.readFile('utf8'), path)
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return {}
        throw error
      }
    }),
  write: (change) =>
    onDisk(path, async () => {
      const draft = `${path}.tmp`
      // A crash may have left one; what is made anew is no link to somewhere else.
      await removeFile(files, draft)
      await using file = await files.open(draft, 'wx', PRIVATE_FILE)
      await file.writeFile(`${JSON.stringify(change)}\n`)
      await file.sync()
      await files.rename(draft, path)
      await flushFolder(files, dirname(path))
    }),
})
