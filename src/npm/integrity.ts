import { createHash, type Hash } from 'node:crypto'
import { type Brand, type Digest, digestBytes, digestFromBytes, GgenError, type Sha512, sha512FromBytes } from '#core'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'

/**
 * What the bytes of a tarball must hash to, as npm writes it (`sha512-…`, base64): one hash or several with spaces, the strongest first, each once, without
 * options. Texts that mean the same are equal. Of several hashes of the strongest kind any one may be right; weaker ones are never looked at.
 */
export type Integrity = Brand<string, 'Integrity'>

/** The kinds of hashes that npm knows, the strongest first. */
export const HASH_ALGORITHMS = ['sha512', 'sha384', 'sha256', 'sha1'] as const
export type HashAlgorithm = (typeof HASH_ALGORITHMS)[number]

const BYTES: Readonly<Record<HashAlgorithm, number>> = { sha512: 64, sha384: 48, sha256: 32, sha1: 20 }

interface OneHash {
  readonly algorithm: HashAlgorithm
  readonly base64: string
}

const invalid = (text: string): GgenError =>
  new GgenError('digest-invalid', `not an integrity: ${JSON.stringify(text.slice(0, 140))}`, { hint: 'an integrity looks like sha512-<base64 of 64 bytes>' })

const ONE = /^([a-z0-9]+)-([^?]*)(?:\?.*)?$/

/** `undefined` for kinds that nobody here knows. A broken hash of a known kind is an error: leaving it out would let a weaker one speak. */
const oneHash = (text: string): OneHash | undefined => {
  const [, name, base64 = ''] = ONE.exec(text) ?? []
  const algorithm = HASH_ALGORITHMS.find((one) => one === name)
  if (algorithm === undefined) return undefined
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length !== BYTES[algorithm] || bytes.toString('base64') !== base64) throw invalid(text)
  return { algorithm, base64 }
}

const written = (hashes: readonly OneHash[]): Integrity => {
  const inOrder = HASH_ALGORITHMS.flatMap((algorithm) => hashes.filter((hash) => hash.algorithm === algorithm))
  return [...new Set(inOrder.map(({ algorithm, base64 }) => `${algorithm}-${base64}`))].join(' ') as Integrity
}

/** As registries write nearly all of them: 64 bytes in base64, whose last digit has four bits of nothing. */
const USUAL = /^sha512-[A-Za-z0-9+/]{85}[AQgw]==$/

/** Parses what stands in `integrity`. Throws `digest-invalid`, also where it names no hash of a known kind. */
export const parseIntegrity = (text: string): Integrity => {
  if (USUAL.test(text)) return text as Integrity
  if (text.length > NPM_TEXT_LIMITS.integrityChars) throw invalid(text)
  const hashes = text.split(/\s+/).map(oneHash).filter((hash) => hash !== undefined)
  if (hashes.length === 0 || hashes.length > NPM_TEXT_LIMITS.integrityHashes) throw invalid(text)
  return written(hashes)
}

/** Parses what stands in `shasum`: 40 hexadecimal digits of a SHA-1. Throws `digest-invalid`. */
export const parseShasum = (text: string): Integrity => {
  if (!/^[0-9a-f]{40}$/i.test(text)) throw invalid(text)
  return written([{ algorithm: 'sha1', base64: Buffer.from(text, 'hex').toString('base64') }])
}

type KnownHashes = { readonly sha512: Sha512; readonly digest?: Digest } | { readonly sha512?: Sha512; readonly digest: Digest }

/** The integrity of bytes of which one hash is known or both. */
export const integrityOfHashes = ({ sha512, digest }: KnownHashes): Integrity =>
  written([
    ...(sha512 === undefined ? [] : [{ algorithm: 'sha512' as const, base64: Buffer.from(sha512, 'hex').toString('base64') }]),
    ...(digest === undefined ? [] : [{ algorithm: 'sha256' as const, base64: Buffer.from(digestBytes(digest)).toString('base64') }]),
  ])

const hashesOf = (integrity: Integrity, algorithm: HashAlgorithm): readonly string[] =>
  integrity.split(' ').filter((hash) => hash.startsWith(`${algorithm}-`)).map((hash) => hash.slice(algorithm.length + 1))

/** The kind of hash that decides. */
export const strongestIn = (integrity: Integrity): HashAlgorithm => HASH_ALGORITHMS.find((algorithm) => integrity.startsWith(`${algorithm}-`)) ?? 'sha1'

const onlyHash = (integrity: Integrity, algorithm: HashAlgorithm): Buffer | undefined => {
  const [first, second] = hashesOf(integrity, algorithm)
  return first === undefined || second !== undefined ? undefined : Buffer.from(first, 'base64')
}

/** The SHA-512 that it names; `undefined` where it names none, or several. */
export const sha512Of = (integrity: Integrity): Sha512 | undefined => {
  const bytes = onlyHash(integrity, 'sha512')
  return bytes && sha512FromBytes(bytes)
}

/** The digest of the blob that it names by its SHA-256; `undefined` where it names none, or several. */
export const digestIn = (integrity: Integrity): Digest | undefined => {
  const bytes = onlyHash(integrity, 'sha256')
  return bytes && digestFromBytes(bytes)
}

/** The SHA-1 that it names, as `shasum` has it; `undefined` where it names none, or several. */
export const shasumIn = (integrity: Integrity): string | undefined => onlyHash(integrity, 'sha1')?.toString('hex')

/** Says whether bytes that arrive piece by piece are those that an integrity means. */
export class IntegrityChecker {
  readonly #expected: readonly string[]
  readonly #hash: Hash
  #sizeBytes = 0

  constructor(integrity: Integrity) {
    const algorithm = strongestIn(integrity)
    this.#expected = hashesOf(integrity, algorithm)
    this.#hash = createHash(algorithm)
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk)
    this.#sizeBytes += chunk.length
  }

  /** Whether everything that was given is right. May be called once. */
  matches(): boolean {
    return this.#expected.includes(this.#hash.digest('base64'))
  }
}

/** Whether bytes at hand are those that an integrity means. */
export const matchesIntegrity = (bytes: Uint8Array, integrity: Integrity): boolean => {
  const checker = new IntegrityChecker(integrity)
  checker.update(bytes)
  return checker.matches()
}
