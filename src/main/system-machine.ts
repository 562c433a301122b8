import type { Stats } from 'node:fs'
import { lstat, readdir, stat, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import type { DiskRoom, FileFacts, Listing, Machine, PortState } from '#doors/cli'

const PERMISSIONS = 0o777
const BLOCK_BYTES = 512

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown')

/** The machine on which this program runs. */
export const systemMachine: Machine = {
  now: () => Date.now(),
  list: (home, most) => list(home, most),
  room: (folder) => room(folder),
  tryPort: ({ host, port }) => tryPort(host, port),
}

const kindOf = (stats: Stats): FileFacts['kind'] => {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'folder'
  if (stats.isSymbolicLink()) return 'link'
  return stats.isSocket() ? 'socket' : 'other'
}

const factsOf = (path: string, stats: Stats): FileFacts => ({
  path, kind: kindOf(stats), mode: stats.mode & PERMISSIONS, owner: stats.uid, changedMs: stats.mtimeMs,
  // Files with holes take less than their size says.
  bytes: stats.blocks === undefined ? stats.size : stats.blocks * BLOCK_BYTES,
})

/** What goes away meanwhile is left out. */
const list = async (home: string, most: number): Promise<Listing | undefined> => {
  const whole = await statOf(() => stat(home))
  if (whole === undefined) return undefined
  const files: FileFacts[] = [factsOf('.', whole)]
  const folders: { path: string; place: number }[] = whole.isDirectory() ? [{ path: '.', place: 0 }] : []
  for (const { path, place } of folders) {
    const names = await namesIn(join(home, path))
    const folder = files[place]
    if (names === undefined && folder !== undefined) files[place] = { ...folder, kind: 'closed' }
    for (const name of names ?? []) {
      if (files.length >= most) return { files, isWhole: false }
      const inside = path === '.' ? name : join(path, name)
      const stats = await statOf(() => lstat(join(home, inside)))
      if (stats === undefined) continue
      if (stats.isDirectory()) folders.push({ path: inside, place: files.length })
      files.push(factsOf(inside, stats))
    }
  }
  return { files, isWhole: true }
}

const GONE: readonly string[] = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM']

const statOf = async (look: () => Promise<Stats>): Promise<Stats | undefined> => {
  try {
    return await look()
  } catch (error) {
    if (GONE.includes(codeOf(error))) return undefined
    throw error
  }
}

/** `undefined` where this user may not look. */
const namesIn = async (folder: string): Promise<readonly string[] | undefined> => {
  try {
    return await readdir(folder)
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(codeOf(error))) return undefined
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return []
    throw error
  }
}

/** Of the nearest folder above that is there. */
const room = async (folder: string): Promise<DiskRoom | undefined> => {
  try {
    const { bavail, blocks, bsize, ffree, files } = await statfs(folder)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, ...(files > 0 && { freeFiles: ffree }) }
  } catch (error) {
    return codeOf(error) === 'ENOENT' && dirname(folder) !== folder ? await room(dirname(folder)) : undefined
  }
}

const PORT_STATES: Readonly<Record<string, PortState>> = { EADDRINUSE: 'taken', EACCES: 'denied', EPERM: 'denied' }

/** Listens for a moment. */
const tryPort = (host: string, port: number): Promise<PortState> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(PORT_STATES[codeOf(error)] ?? 'elsewhere'))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve('free')))
  })
