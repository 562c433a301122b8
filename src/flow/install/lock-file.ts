import { parseToml } from '#archive'
import { type ErrorCode, GgenError, isGgenError, parseDigest, parseIdentityId, parsePackageName, parseVersion, type Sha512, sha512FromBytes } from '#core'
import type { SignedRelease } from './verified-archive.ts'

/** The packages that a project has, sorted by name, each name once. */
export type Lock = readonly SignedRelease[]

const LOCK_VERSION = 1
const LOCK_CHARS = 16 * 1024 * 1024
const HEAD = '# Written by ggen; keep it under version control.\n'
const INTEGRITY = /^sha512-([A-Za-z0-9+/]{86}==)$/

/** The text of `ggen.lock`: one block per package, sorted, so that two branches merge line by line. */
export const formatLock = (lock: Lock): string => `${HEAD}version = ${LOCK_VERSION}\n${lock.toSorted(byName).map(formatBlock).join('')}`

/** Reads `ggen.lock`. Keys that are not known are passed over; throws `lock-invalid` for everything else that is not as `formatLock` writes it. */
export const parseLock = (text: string): Lock => {
  if (text.length > LOCK_CHARS) throw invalid('it is too large')
  const document = parseToml(text, ({ line, column, reason, cause }) => invalid(`line ${line}, column ${column}: ${reason}`, cause))
  const version = document['version']
  if (typeof version === 'number' && version > LOCK_VERSION) throw invalid('it was written by a newer ggen', undefined, 'install a newer ggen')
  if (version !== LOCK_VERSION) {
    throw invalid('it has no version = 1', undefined, 'it may belong to another program; restore it from version control, or install into another folder')
  }
  const blocks = document['package'] ?? []
  if (!Array.isArray(blocks)) throw invalid('package must be a list of tables')
  const lock = blocks.map(parseBlock).toSorted(byName)
  const twice = lock.find(({ name }, index) => lock[index + 1]?.name === name)
  if (twice !== undefined) throw invalid(`${twice.name} is there twice`)
  return lock
}

/** The lock with one package instead of what it had under that name. */
export const withPackage = (lock: Lock, release: SignedRelease): Lock => [...lock.filter(({ name }) => name !== release.name), release].toSorted(byName)

const byName = (a: SignedRelease, b: SignedRelease): number => (a.name < b.name ? -1 : 1)

const formatBlock = ({ name, version, identity, digest, sha512, sizeBytes }: SignedRelease): string =>
  `
[[package]]
name = "${name}"
version = "${version}"
identity = "${identity}"
digest = "${digest}"
sha512 = "sha512-${Buffer.from(sha512, 'hex').toString('base64')}"
size = ${sizeBytes}
`

const parseBlock = (block: unknown, index: number): SignedRelease => {
  const where = `package ${index + 1}`
  if (typeof block !== 'object' || block === null || Array.isArray(block)) throw invalid(`${where} is no table`)
  const table = block as Readonly<Record<string, unknown>>
  const read = <T>(key: string, parse: (text: string) => T): T => {
    const value = table[key]
    if (typeof value !== 'string') throw invalid(`${where} has no ${key}`)
    return recoded(() => parse(value), `${where}: `)
  }
  const size = table['size']
  if (!Number.isSafeInteger(size) || (size as number) < 0) throw invalid(`${where} has no size`)
  return {
    name: read('name', parsePackageName),
    version: read('version', parseVersion),
    identity: read('identity', parseIdentityId),
    digest: read('digest', parseDigest),
    sha512: read('sha512', parseIntegrity),
    sizeBytes: size as number,
  }
}

const parseIntegrity = (text: string): Sha512 => {
  const base64 = INTEGRITY.exec(text)?.[1]
  const bytes = Buffer.from(base64 ?? '', 'base64')
  if (bytes.toString('base64') !== base64) throw new GgenError('digest-invalid', 'sha512 must look like sha512-<88 characters of base64>')
  return sha512FromBytes(bytes)
}

const FIELD_CODES: ReadonlySet<ErrorCode> = new Set(['name-invalid', 'version-invalid', 'digest-invalid'])

const recoded = <T>(parse: () => T, where: string): T => {
  try {
    return parse()
  } catch (error) {
    if (isGgenError(error) && FIELD_CODES.has(error.code)) throw invalid(where + error.message, error)
    throw error
  }
}

const invalid = (problem: string, cause?: unknown, hint?: string): GgenError =>
  new GgenError('lock-invalid', `ggen.lock: ${problem}`, { cause, ...(hint !== undefined && { hint }) })
