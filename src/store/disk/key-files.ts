import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { link, lstat, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { GgenError } from '#core'
import { flushFolder, hasCode, makeFolder, nodeFileSystem, PRIVATE_FILE } from './file-system.ts'
import { formatIdentityFile, type IdentityFile, parseIdentityFile } from './identity-file.ts'
import { onDisk } from './storage-errors.ts'

/** The secret keys of this machine. Every method throws `home-insecure` (with `details.path`) when others could read or change them, and `store-broken`. */
export interface KeyFiles {
  /** The key of this node on the network, as it was written; `undefined` when there is none yet. */
  readPeerKey(): Promise<Uint8Array | undefined>
  /** Throws `conflict` when there is one already: a key is never overwritten. Durable when it resolves. */
  writePeerKey(bytes: Uint8Array): Promise<void>
  readIdentity(): Promise<IdentityFile | undefined>
  /** Throws `conflict` when there is one already. Durable when it resolves. */
  writeIdentity(file: IdentityFile): Promise<void>
}

/** Keys in a folder of their own, 0700, which is made when it is missing; files 0600. */
export const openKeyFiles = async (folder: string): Promise<KeyFiles> => {
  await onDisk(folder, () => makeFolder(nodeFileSystem, folder))
  await onDisk(folder, () => checkFolder(folder))
  const peerKey = join(folder, 'peer.key')
  const identity = join(folder, 'identity.json')
  return {
    readPeerKey: () => readSecret(folder, peerKey),
    writePeerKey: (bytes) => writeSecret(folder, peerKey, bytes),
    readIdentity: async () => {
      const bytes = await readSecret(folder, identity)
      return bytes && parseIdentityFile(bytes)
    },
    writeIdentity: (file) => writeSecret(folder, identity, Buffer.from(formatIdentityFile(file))),
  }
}

/** Longer than any key file; what is longer is not one. */
const SECRET_BYTES = 64 * 1024
const GROUP_AND_OTHERS = 0o077
/** A link is refused, and a pipe does not make the reader wait. Windows has neither flag. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

const readSecret = (folder: string, path: string): Promise<Uint8Array | undefined> =>
  onDisk(path, async () => {
    await checkFolder(folder)
    try {
      await using file = await open(path, READ_FLAGS)
      const stats = await file.stat()
      if (!stats.isFile()) throw insecure(path, 'is not a regular file')
      checkOwner(path, stats)
      if (stats.size > SECRET_BYTES) throw new GgenError('store-broken', `${path} is not a key file: it has ${stats.size} bytes`)
      return Uint8Array.from(await file.readFile())
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined
      if (hasCode(error, 'ELOOP')) throw insecure(path, 'is a symbolic link')
      throw error
    }
  })

/**
 * Writes next to the path, flushes, and then links: the name appears with all bytes behind it or not at all, and a key that is there
 * already stays, also when two processes make one at the same moment.
 */
const writeSecret = (folder: string, path: string, bytes: Uint8Array): Promise<void> =>
  onDisk(path, async () => {
    await checkFolder(folder)
    const draft = `${path}.${randomBytes(8).toString('hex')}.tmp`
    await using cleanup = new AsyncDisposableStack()
    await using file = await open(draft, 'wx', PRIVATE_FILE)
    cleanup.defer(() => unlink(draft))
    await file.writeFile(bytes)
    await file.sync()
    try {
      await link(draft, path)
    } catch (error) {
      throw hasCode(error, 'EEXIST') ? keyExists(path) : error
    }
    await flushFolder(nodeFileSystem, folder)
  })

const checkFolder = async (folder: string): Promise<void> => {
  const stats = await lstat(folder)
  if (stats.isSymbolicLink()) throw insecure(folder, 'is a symbolic link')
  if (!stats.isDirectory()) throw insecure(folder, 'is not a folder')
  checkOwner(folder, stats)
}

/** Windows keeps its permissions elsewhere: there the profile folder protects the keys. */
const checkOwner = (path: string, stats: Stats): void => {
  const user = process.getuid?.()
  if (user === undefined) return
  if (stats.uid !== user) throw insecure(path, 'belongs to another user')
  if ((stats.mode & GROUP_AND_OTHERS) !== 0) throw insecure(path, 'is open to other users')
}

const keyExists = (path: string): GgenError =>
  new GgenError('conflict', `there is a key already: ${path}`, { hint: 'a key is never overwritten; move that file away first', details: { path } })

const insecure = (path: string, problem: string): GgenError =>
  new GgenError('home-insecure', `${path} ${problem}`, { hint: `make it yours alone: chmod -R go= ${path}`, details: { path } })
