import { parseToml } from '#archive'
import {
  type ErrorCode, GgenError, isGgenError, LIMITS, parseDigest, parseIdentityId, parsePackageName, parseVersion, type Sha512, sha512FromBytes,
  type Voucher,
} from '#core'
import validRange from 'semver/ranges/valid.js'
import { byName, type Lock, type LockedDependency, type LockedPackage } from './lock-file.ts'

const VERSIONS: readonly unknown[] = [1, 2]
const LOCK_CHARS = 16 * 1024 * 1024
const INTEGRITY = /^sha512-([A-Za-z0-9+/]{86}==)$/
const PRINTABLE = /^[\x20-\x7e]+$/
/** What version control leaves where two branches changed the same lines. */
const CONFLICT = /^(?:<{7}|>{7}) /m

type Table = Readonly<Record<string, unknown>>

/**
 * Reads `ggen.lock` of version 2 or 1, which knew packages only that the project itself asked for. Keys that are not known are passed over;
 * throws `lock-invalid` for everything else that is not as `formatLock` writes it.
 */
export const parseLock = (text: string): Lock => {
  if (text.length > LOCK_CHARS) throw invalid('it is too large')
  if (CONFLICT.test(text)) {
    throw invalid('two branches changed the same lines of it', undefined, 'keep one side of each conflict, remove the marks, and run: ggen install')
  }
  const document = parseToml(text, ({ line, column, reason, cause }) => invalid(`line ${line}, column ${column}: ${reason}`, cause))
  const version = document['version']
  if (typeof version === 'number' && version > 2) throw invalid('it was written by a newer ggen', undefined, 'install a newer ggen')
  if (!VERSIONS.includes(version)) {
    throw invalid('it has no version = 2', undefined, 'it may belong to another program; restore it from version control, or install into another folder')
  }
  const blocks = document['package'] ?? []
  if (!Array.isArray(blocks)) throw invalid('package must be a list of tables')
  const packages = blocks.map((block: unknown, index) => new Block(block, `package ${index + 1}`).read()).toSorted(byName)
  const twice = packages.find(({ name }, index) => packages[index + 1]?.name === name)
  if (twice !== undefined) throw invalid(`${twice.name} is there twice`)
  return version === 1 ? packages.map((one) => ({ ...one, wanted: `^${one.version}` })) : packages
}

/** One `[[package]]`. */
class Block {
  readonly #where: string
  readonly #table: Table

  constructor(block: unknown, where: string) {
    if (typeof block !== 'object' || block === null || Array.isArray(block)) throw invalid(`${where} is no table`)
    this.#where = where
    this.#table = block as Table
  }

  read(): LockedPackage {
    const sizeBytes = this.#table['size']
    if (!Number.isSafeInteger(sizeBytes) || (sizeBytes as number) < 0) throw invalid(`${this.#where} has no size`)
    return {
      name: this.#text('name', parsePackageName),
      version: this.#text('version', parseVersion),
      ...this.#voucher(),
      digest: this.#text('digest', parseDigest),
      sha512: this.#text('sha512', parseIntegrity),
      sizeBytes: sizeBytes as number,
      ...(this.#table['wanted'] !== undefined && { wanted: this.#text('wanted', parseRange) }),
      dependencies: this.#dependencies(),
    }
  }

  #voucher(): Voucher {
    const isSigned = this.#table['identity'] !== undefined
    if (isSigned === (this.#table['source'] !== undefined)) throw invalid(`${this.#where} has ${isSigned ? 'both an identity and a source' : 'no identity'}`)
    return isSigned ? { identity: this.#text('identity', parseIdentityId) } : { source: this.#text('source', parseSource) }
  }

  #dependencies(): readonly LockedDependency[] {
    const list = this.#table['dependencies'] ?? []
    if (!Array.isArray(list)) throw invalid(`${this.#where}: dependencies must be a list`)
    const dependencies = list.map((one: unknown) => {
      if (typeof one !== 'string') throw invalid(`${this.#where}: dependencies must be texts like "name@^1.0.0"`)
      return this.#coded(() => parseDependency(one))
    })
    const sorted = dependencies.toSorted(byName)
    const twice = sorted.find(({ name }, index) => sorted[index + 1]?.name === name)
    if (twice !== undefined) throw invalid(`${this.#where} depends on ${twice.name} twice`)
    return sorted
  }

  #text<T>(key: string, parse: (text: string) => T): T {
    const value = this.#table[key]
    if (typeof value !== 'string') throw invalid(`${this.#where} has no ${key}`)
    return this.#coded(() => parse(value))
  }

  #coded<T>(parse: () => T): T {
    try {
      return parse()
    } catch (error) {
      if (isGgenError(error) && FIELD_CODES.has(error.code)) throw invalid(`${this.#where}: ${error.message}`, error)
      throw error
    }
  }
}

const parseIntegrity = (text: string): Sha512 => {
  const base64 = INTEGRITY.exec(text)?.[1]
  const bytes = Buffer.from(base64 ?? '', 'base64')
  if (bytes.toString('base64') !== base64) throw new GgenError('digest-invalid', 'sha512 must look like sha512-<88 characters of base64>')
  return sha512FromBytes(bytes)
}

const parseRange = (text: string): string => {
  const range = text.trim().replaceAll(/ +/g, ' ')
  if (range.length > LIMITS.rangeChars || !PRINTABLE.test(range) || validRange(range) === null) {
    throw new GgenError('range-invalid', `not a range: ${JSON.stringify(text.slice(0, 80))}`)
  }
  return range
}

const parseDependency = (text: string): LockedDependency => {
  const at = text.indexOf('@', 1)
  if (at === -1) throw new GgenError('range-invalid', `a dependency without a range: ${JSON.stringify(text.slice(0, 140))}`)
  return { name: parsePackageName(text.slice(0, at)), range: parseRange(text.slice(at + 1)) }
}

const parseSource = (text: string): string => {
  if (text.length > LIMITS.referenceChars || !PRINTABLE.test(text)) throw new GgenError('address-invalid', `not a source: ${JSON.stringify(text.slice(0, 80))}`)
  return text
}

const FIELD_CODES: ReadonlySet<ErrorCode> = new Set(['name-invalid', 'version-invalid', 'digest-invalid', 'range-invalid', 'address-invalid'])

const invalid = (problem: string, cause?: unknown, hint?: string): GgenError =>
  new GgenError('lock-invalid', `ggen.lock: ${problem}`, { cause, ...(hint !== undefined && { hint }) })
