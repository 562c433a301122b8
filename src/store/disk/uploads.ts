import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { GgenError, NPM_LIMITS } from '#core'
import { flushFolder, hasCode, makeFolder, nodeFileSystem, PRIVATE_FILE, removeFile } from './file-system.ts'
import { onDisk } from './storage-errors.ts'

/** What a client handed in, and nobody has signed yet. */
export interface WaitingUpload {
  /** Names it: hexadecimal digits. */
  readonly id: string
  readonly name: string
  readonly version: string
  readonly sizeBytes: number
  /** When it came, Unix milliseconds. */
  readonly at: number
  /** Of the archive, absolute. */
  readonly path: string
}

/** A file with an archive, absolute. Disposing removes it. */
export interface LentUpload extends AsyncDisposable {
  readonly path: string
}

type Described = Omit<WaitingUpload, 'id' | 'path'>

const { open, readdir, rename } = nodeFileSystem

/**
 * Uploads that wait for the signature of their publisher: each an archive and what it is, in a folder that nobody else may enter. All methods throw
 * `disk-full` and `store-broken`.
 */
export class Uploads {
  readonly #folder: string
  #lent = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Keeps an archive; another one of the same version takes its place. Durable when it resolves. Throws `too-busy` where too many wait. */
  async put(upload: Omit<Described, 'sizeBytes'>, archive: Uint8Array): Promise<WaitingUpload> {
    const id = idOf(upload)
    const waiting = await this.list()
    if (waiting.length >= NPM_LIMITS.uploads && !waiting.some((one) => one.id === id)) {
      throw new GgenError('too-busy', `${NPM_LIMITS.uploads} uploads wait to be approved`, { hint: 'look at them, and approve some: ggen approve' })
    }
    const described: Described = { ...upload, sizeBytes: archive.length }
    await onDisk(this.#folder, async () => {
      await makeFolder(nodeFileSystem, this.#folder)
      await this.#write(`${id}.tgz`, archive)
      // What it is comes last: without that there is no upload.
      await this.#write(`${id}.json`, Buffer.from(JSON.stringify(described)))
    })
    return { id, path: this.#pathOf(id), ...described }
  }

  /** Puts an archive into a file for as long as it is not disposed; it does not count as waiting, and is gone after a crash. */
  async lend(archive: Uint8Array): Promise<LentUpload> {
    this.#lent += 1
    const path = join(this.#folder, `lent-${this.#lent}.tgz`)
    await onDisk(this.#folder, async () => {
      await makeFolder(nodeFileSystem, this.#folder)
      await using file = await open(path, 'w', PRIVATE_FILE)
      await file.writeFile(archive)
    })
    return { path, [Symbol.asyncDispose]: () => onDisk(path, () => removeFile(nodeFileSystem, path)) }
  }

  /** All of them, the oldest first. */
  async list(): Promise<readonly WaitingUpload[]> {
    const files = await onDisk(this.#folder, () => readdir(this.#folder).catch(noFolder))
    const ids = files.flatMap((file) => NAMED.exec(file)?.[1] ?? [])
    const found = await Promise.all(ids.map(async (id) => ({ id, path: this.#pathOf(id), ...(await this.#read(id)) })))
    return found.toSorted((a, b) => a.at - b.at)
  }

  /** Lets one go; nothing happens where it is gone. Throws `usage` for what names none. */
  async remove(id: string): Promise<void> {
    if (!ID.test(id)) throw new GgenError('usage', 'this names no upload')
    await onDisk(this.#folder, async () => {
      await removeFile(nodeFileSystem, join(this.#folder, `${id}.json`))
      await removeFile(nodeFileSystem, this.#pathOf(id))
    })
  }

  #pathOf(id: string): string {
    return join(this.#folder, `${id}.tgz`)
  }

  async #read(id: string): Promise<Described> {
    const path = join(this.#folder, `${id}.json`)
    try {
      return await onDisk(path, async () => {
        await using file = await open(path, 'r')
        return JSON.parse(await file.readFile('utf8')) as Described
      })
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      throw new GgenError('store-broken', `${path} does not say what was uploaded`, { cause: error, hint: 'remove it, and publish again' })
    }
  }

  async #write(name: string, bytes: Uint8Array): Promise<void> {
    const draft = join(this.#folder, `.${name}`)
    {
      await using file = await open(draft, 'w', PRIVATE_FILE)
      await file.writeFile(bytes)
      await file.sync()
    }
    await rename(draft, join(this.#folder, name))
    await flushFolder(nodeFileSystem, this.#folder)
  }
}

const ID = /^[0-9a-f]{32}$/
const NAMED = /^([0-9a-f]{32})\.json$/

const idOf = ({ name, version }: Pick<Described, 'name' | 'version'>): string =>
  createHash('sha256').update(`${name}@${version}`).digest('hex').slice(0, 32)

const noFolder = (error: unknown): readonly string[] => {
  if (hasCode(error, 'ENOENT')) return []
  throw error
}
