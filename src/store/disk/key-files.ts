import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { link, lstat, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { GgenError, LIMITS } from '#core'
import { lockFile } from './file-lock.ts'
import { flushFolder, hasCode, makeFolder, nodeFileSystem, PRIVATE_FILE } from './file-system.ts'
import { onDisk } from './storage-errors.ts'

/** The secret keys of this machine. Every method throws `home-insecure` (with `details.path`) when others could read or change them, and `store-broken`. */
export interface KeyFiles {
  /** The key of this node on the network, as it was written; `undefined` when there is none yet. */
  readPeerKey(): Promise<Uint8Array | undefined>
  /** Throws `conflict` when there is one already: a key is never overwritten. Durable when it resolves. */
  writePeerKey(bytes: Uint8Array): Promise<void>
  /** The identity of a publisher. */
  readonly identity: SecretFile
}

/** A file of secret bytes that may change. */
export interface SecretFile {
  readonly path: string
  /** As it was written; `undefined` when there is none yet. */
  readonly read: () => Promise<Uint8Array | undefined>
  /** Throws `conflict` when there is one already. Durable when it resolves. */
  readonly create: (bytes: Uint8Array) => Promise<void>
  /**
   * Puts `after` in the place of `before`. Whatever happens, one of the two is there. Throws `conflict` when something else is there by now,
   * `too-busy` while somebody else replaces it. Durable when it resolves.
   */
  readonly replace: (before: Uint8Array, after: Uint8Array) => Promise<void>
}

/** A secret that may also go. */
export interface ErasableFile extends SecretFile {
  /** Removes what is there. Throws `conflict` when it is not `before` by now. Durable when it resolves. */
  readonly erase: (before: Uint8Array) => Promise<void>
}

/** A file of secrets in a folder that nobody else may enter, and that is made with the first of them. Opens nothing yet. */
export const openSecretFile = (folder: string, name: string, mostBytes: number): ErasableFile => {
  const path = join(folder, name)
  return {
    path,
    read: () => readSecret(folder, path, mostBytes),
    create: (bytes) => writeSecret(folder, path, bytes),
    replace: (before, after) => replaceSecret(folder, path, { before, after, mostBytes }),
    erase: (before) => eraseSecret(folder, path, { before, mostBytes }),
  }
}

/** Keys in a folder of their own, 0700, which is made when it is missing; files 0600. The key of the node may lie elsewhere, in such a folder, too. */
export const openKeyFiles = async (folder: string, peerKey = join(folder, 'peer.key')): Promise<KeyFiles> => {
  const peerFolder = dirname(peerKey)
  for (const each of new Set([folder, peerFolder])) {
    await onDisk(each, () => makeFolder(nodeFileSystem, each))
    await onDisk(each, () => checkFolder(each))
  }
  return {
    readPeerKey: () => readSecret(peerFolder, peerKey, PEER_KEY_BYTES),
    writePeerKey: (bytes) => writeSecret(peerFolder, peerKey, bytes),
    identity: openSecretFile(folder, 'identity.json', LIMITS.identityFileBytes),
  }
}

/** Longer than any peer key; what is longer is not one. */
const PEER_KEY_BYTES = 64 * 1024
const LOCK_HINT = 'remove that file while no command of ggen is running'
const GROUP_AND_OTHERS = 0o077
const DRAFT = '.tmp'
/** A link is refused, and a pipe does not make the reader wait. Windows has neither flag. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

const readSecret = (folder: string, path: string, mostBytes: number): Promise<Uint8Array | undefined> =>
  onDisk(path, async () => {
    try {
      await checkFolder(folder)
      await using file = await open(path, READ_FLAGS)
      const stats = await file.stat()
      if (!stats.isFile()) throw insecure(path, 'is not a regular file')
      checkOwner(path, stats)
      if (stats.size > mostBytes) throw new GgenError('store-broken', `${path} is not a key file: it has ${stats.size} bytes`)
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
    await makeFolder(nodeFileSystem, folder)
    await checkFolder(folder)
    await withDraft(path, bytes, async (draft) => {
      try {
        await link(draft, path)
      } catch (error) {
        throw hasCode(error, 'EEXIST') ? keyExists(path) : error
      }
    })
    await flushFolder(nodeFileSystem, folder)
  })

interface Replacement {
  readonly before: Uint8Array
  readonly after: Uint8Array
  readonly mostBytes: number
}

const eraseSecret = (folder: string, path: string, { before, mostBytes }: Omit<Replacement, 'after'>): Promise<void> =>
  onDisk(path, async () => {
    await checkFolder(folder)
    using _lock = await lockFile(`${path}.lock`, LOCK_HINT)
    await assertHeld(folder, path, { before, mostBytes })
    await rm(path)
    await removeDrafts(folder, path)
    await flushFolder(nodeFileSystem, folder)
  })

/** Throws `conflict` when something else is there. */
const assertHeld = async (folder: string, path: string, { before, mostBytes }: Omit<Replacement, 'after'>): Promise<void> => {
  const held = await readSecret(folder, path, mostBytes)
  if (held !== undefined && Buffer.from(before).equals(held)) return
  throw new GgenError('conflict', `${path} was changed by another command`, { hint: 'run the command again', details: { path } })
}

/** The same over a file that is there: the name goes from the old bytes to the new ones in one step. */
const replaceSecret = (folder: string, path: string, { before, after, mostBytes }: Replacement): Promise<void> =>
  onDisk(path, async () => {
    await checkFolder(folder)
    using _lock = await lockFile(`${path}.lock`, LOCK_HINT)
    await assertHeld(folder, path, { before, mostBytes })
    await withDraft(path, after, (draft) => rename(draft, path))
    await removeDrafts(folder, path)
    await flushFolder(nodeFileSystem, folder)
  })

/** Gives all bytes, flushed, to whoever puts them in their place; then nothing of them stays beside it. */
const withDraft = async (path: string, bytes: Uint8Array, place: (draft: string) => Promise<void>): Promise<void> => {
  const draft = `${path}.${randomBytes(8).toString('hex')}${DRAFT}`
  try {
    await writePrivately(draft, bytes)
    await place(draft)
  } finally {
    await rm(draft, { force: true })
  }
}

/** A file that must not be there yet, flushed. */
const writePrivately = async (path: string, bytes: Uint8Array): Promise<void> => {
  await using file = await open(path, 'wx', PRIVATE_FILE)
  await file.writeFile(bytes)
  await file.sync()
}

/** What a command that was killed left behind may be the old keys in the clear. */
const removeDrafts = async (folder: string, path: string): Promise<void> => {
  const drafts = (await readdir(folder)).filter((name) => name.startsWith(`${basename(path)}.`) && name.endsWith(DRAFT))
  await Promise.all(drafts.map((name) => rm(join(folder, name), { force: true })))
}

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
