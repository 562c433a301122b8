import { dirname } from 'node:path'
import { type Anchor, GgenError, isPeerId, LIMITS, type Multiaddr, parseMultiaddr } from '#core'
import { type FileSystem, flushFolder, hasCode, nodeFileSystem, PRIVATE_FILE } from './file-system.ts'
import { onDisk } from './storage-errors.ts'

/** The peers of long standing that a node connects to first when it starts. */
export interface AnchorFile {
  /** Empty when there is no file. Throws `store-broken`, also for a file that is none of these. */
  read(): Promise<readonly Anchor[]>
  /** The new ones or, after a power failure, the old ones are there; never a mixture. Throws `disk-full` or `store-broken`. One call at a time. */
  write(anchors: readonly Anchor[]): Promise<void>
}

const FILE_BYTES = 256 * LIMITS.knownAnchors + 4096
const KEYS = 'address peer seen since'

const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

const addressOf = (text: unknown): Multiaddr | undefined => {
  try {
    return typeof text === 'string' ? parseMultiaddr(text) : undefined
  } catch (error) {
    if (error instanceof GgenError) return undefined
    throw error
  }
}

const anchorOf = (value: unknown): Anchor | undefined => {
  if (typeof value !== 'object' || value === null || Object.keys(value).sort().join(' ') !== KEYS) return undefined
  const { peer, address: text, since, seen } = value as Readonly<Record<string, unknown>>
  const address = addressOf(text)
  if (typeof peer !== 'string' || !isPeerId(peer) || address === undefined || !isTime(since) || !isTime(seen)) return undefined
  return { peer, address, since, seen }
}

const parse = (text: string, path: string): readonly Anchor[] => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw damaged(path)
  }
  if (!Array.isArray(value) || value.length > LIMITS.knownAnchors) throw damaged(path)
  return value.map((each) => anchorOf(each) ?? fail(path))
}

const damaged = (path: string): GgenError =>
  new GgenError('store-broken', `${path} does not hold anchors`, { hint: 'nothing is lost: a running node writes it anew', details: { path } })

const fail = (path: string): never => {
  throw damaged(path)
}

/** Opens nothing yet; the folder of the file must be there when it is written. The file is readable by its owner only. */
export const openAnchorFile = (path: string, files: FileSystem = nodeFileSystem): AnchorFile => ({
  read: () =>
    onDisk(path, async () => {
      try {
        await using file = await files.open(path, 'r')
        const { size } = await file.stat()
        if (size > FILE_BYTES) throw damaged(path)
        return parse(await file.readFile('utf8'), path)
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return []
        throw error
      }
    }),
  write: (anchors) =>
    onDisk(path, async () => {
      const draft = `${path}.tmp`
      await using file = await files.open(draft, 'w', PRIVATE_FILE)
      await file.writeFile(`${JSON.stringify(anchors.slice(0, LIMITS.knownAnchors))}\n`)
      await file.sync()
      await files.rename(draft, path)
      await flushFolder(files, dirname(path))
    }),
})
