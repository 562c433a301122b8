import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { link, open, rm } from 'node:fs/promises'
import { GgenError } from '#core'

const TOKEN_BYTES = 32
const TOKEN = /^[A-Za-z0-9_-]{43}$/
/** A file that is longer is none of ours. */
const MOST_BYTES = 256
const GROUP_AND_OTHERS = 0o077
/** A link is refused, and a pipe does not make the reader wait. Windows has neither flag. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown')

const broken = (path: string, cause: unknown): GgenError =>
  new GgenError(codeOf(cause) === 'ENOSPC' ? 'disk-full' : 'store-broken', `${path} cannot be used for the control token (${codeOf(cause)})`, { cause })

const insecure = (path: string, problem: string): GgenError =>
  new GgenError('home-insecure', `${path} ${problem}`, { hint: `remove it, and the node makes a new one: rm ${path}`, details: { path } })

/**
 * The secret that programs must show over TCP: 256 random bits, made once, in a file of this user alone. Throws `home-insecure` where others could read or
 * have planted it, `store-broken` for one that is damaged, `disk-full`.
 */
export const openControlToken = async (path: string): Promise<string> => {
  try {
    return (await readToken(path)) ?? (await makeToken(path))
  } catch (error) {
    throw error instanceof GgenError ? error : broken(path, error)
  }
}

const readToken = async (path: string): Promise<string | undefined> => {
  try {
    await using file = await open(path, READ_FLAGS)
    const stats = await file.stat()
    if (!stats.isFile()) throw insecure(path, 'is not a file')
    const self = process.getuid?.()
    if (self !== undefined && stats.uid !== self) throw insecure(path, 'belongs to another user')
    if (self !== undefined && (stats.mode & GROUP_AND_OTHERS) !== 0) throw insecure(path, 'is open to other users, who may have read it')
    const token = stats.size > MOST_BYTES ? '' : (await file.readFile('utf8')).trim()
    if (TOKEN.test(token)) return token
    throw new GgenError('store-broken', `${path} holds no token`, { hint: `remove it, and the node makes a new one: rm ${path}` })
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw codeOf(error) === 'ELOOP' ? insecure(path, 'is a symbolic link') : error
  }
}

/** The name appears with the whole token behind it, and never in the place of something that is there. */
const makeToken = async (path: string): Promise<string> => {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const draft = `${path}.${randomBytes(8).toString('hex')}.tmp`
  try {
    await using file = await open(draft, 'wx', 0o600)
    await file.writeFile(`${token}\n`)
    await file.sync()
    await link(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
  return token
}
