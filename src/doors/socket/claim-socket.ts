import { once } from 'node:events'
import { lstat, mkdir, unlink } from 'node:fs/promises'
import { connect, type Server } from 'node:net'
import { dirname } from 'node:path'
import { GgenError } from '#core'

const OWNER_ONLY = 0o177
const WRITABLE_BY_OTHERS = 0o022

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown')

const broken = (path: string, error: unknown): GgenError =>
  new GgenError('store-broken', `${path} cannot be used for a socket (${codeOf(error)})`, { cause: error })

/** Others who can write to the folder could put their own socket in the place of ours. */
const secureFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw broken(folder, error)
  }
  const stat = await lstat(folder)
  const self = process.getuid?.()
  if (self === undefined) return
  if (!stat.isDirectory() || stat.uid !== self) {
    throw new GgenError('home-insecure', `${folder} is not a folder of yours`, { hint: 'choose a folder of your own with GGEN_HOME' })
  }
  if ((stat.mode & WRITABLE_BY_OTHERS) !== 0) throw new GgenError('home-insecure', `${folder} can be written by others`)
}

const answers = (socketPath: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const socket = connect(socketPath)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', (error) => {
      if (codeOf(error) === 'ECONNREFUSED' || codeOf(error) === 'ENOENT') resolve(false)
      else reject(broken(socketPath, error))
    })
  })

/** What a process leaves behind that did not end by itself. */
const removeStale = async (socketPath: string, taken: () => GgenError): Promise<void> => {
  let stat
  try {
    stat = await lstat(socketPath)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw broken(socketPath, error)
  }
  if (!stat.isSocket()) throw new GgenError('store-broken', `${socketPath} is not a socket`, { hint: 'move what is there out of the way' })
  if (await answers(socketPath)) throw taken()
  await unlink(socketPath)
}

/** Binding is synchronous, so nobody else's file is created under this mask, and the socket is never open to others. */
const bindPrivately = (server: Server, socketPath: string): void => {
  const before = process.umask(OWNER_ONLY)
  try {
    server.listen(socketPath)
  } finally {
    process.umask(before)
  }
}

/**
 * Lets the server listen on a unix socket (mode 0600, in a folder that is made 0700) or a Windows pipe. A socket file is only
 * replaced when nobody answers on it; `taken` is thrown where somebody does. Throws `home-insecure` or `store-broken` besides.
 */
export const claimSocket = async (server: Server, socketPath: string, taken: () => GgenError): Promise<void> => {
  const isPipe = process.platform === 'win32'
  if (!isPipe) {
    await secureFolder(dirname(socketPath))
    await removeStale(socketPath, taken)
  }
  const listening = once(server, 'listening')
  if (isPipe) server.listen(socketPath)
  else bindPrivately(server, socketPath)
  try {
    await listening
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE') throw taken()
    throw broken(socketPath, error)
  }
}
