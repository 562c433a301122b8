import { CID } from 'multiformats/cid'
import { type Digest, isPackageName, isVersion, type OpId, type PackageName, type PublicKey, type Version } from '#core'
import { digestOfLink, opIdOfLink } from './link.ts'
import { check, refuse } from './op-fault.ts'
import { isPlainText } from './plain-text.ts'
import { readMultikey } from './public-key.ts'

/** Largest Unix time in seconds that an op may name. */
export const MAX_SECONDS = 2 ** 40

/** Largest plain count. */
export const MAX_COUNT = 2 ** 32 - 1

/** A decoded map. Only its own keys count. */
export type Fields = Readonly<Record<string, unknown>>

/** Which keys a map must have and may have; no other. */
export interface Keys {
  readonly required: readonly string[]
  readonly optional?: readonly string[]
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array) && !(value instanceof CID)

/** A map with any keys. All readers of this file throw `op-invalid`; `path` names the field in the message. */
export const mapOf = (value: unknown, path: string): Fields => (isFields(value) ? value : refuse('schema', `${path} is not a map`))

/** A map with exactly these keys. */
export const fieldsOf = (value: unknown, path: string, keys: Keys): Fields => {
  const fields = mapOf(value, path)
  const { required, optional = [] } = keys
  for (const key of required) if (!Object.hasOwn(fields, key)) refuse('schema', `${path}.${key} is missing`)
  let known = required.length
  for (const key of optional) if (Object.hasOwn(fields, key)) known += 1
  if (Object.keys(fields).length > known) refuse('schema', `${path} has an unknown key`)
  return fields
}

/** An integer in [0, max]. */
export const uintOf = (value: unknown, max: number, path: string): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max ? value : refuse('schema', `${path} is not an integer up to ${max}`)

export const booleanOf = (value: unknown, path: string): boolean => (typeof value === 'boolean' ? value : refuse('schema', `${path} is not true or false`))

/** Exactly `length` bytes. */
export const bytesOf = (value: unknown, length: number, path: string): Uint8Array =>
  value instanceof Uint8Array && value.length === length ? value : refuse('schema', `${path} is not ${length} bytes`)

/** Plain text of at most `maxChars` code points. */
export const textOf = (value: unknown, maxChars: number, path: string): string =>
  typeof value === 'string' && isPlainText(value, maxChars) ? value : refuse('schema', `${path} is not plain text of up to ${maxChars} characters`)

/** An array of at most `maxItems`. */
export const listOf = (value: unknown, maxItems: number, path: string): readonly unknown[] =>
  Array.isArray(value) && value.length <= maxItems ? value : refuse('schema', `${path} is not a list of up to ${maxItems}`)

export const opLinkOf = (value: unknown, path: string): OpId => opIdOfLink(value) ?? refuse('schema', `${path} is not a link to a DAG-CBOR block`)

export const blobLinkOf = (value: unknown, path: string): Digest => digestOfLink(value) ?? refuse('schema', `${path} is not a link to raw bytes`)

export const publicKeyOf = (value: unknown, path: string): PublicKey =>
  (value instanceof Uint8Array ? readMultikey(value) : undefined) ?? refuse('key', `${path} is not an admissible Ed25519 key`)

export const packageNameOf = (value: unknown, path: string): PackageName =>
  typeof value === 'string' && isPackageName(value) ? value : refuse('name', `${path} is not a package name`)

export const versionOf = (value: unknown, path: string): Version =>
  typeof value === 'string' && isVersion(value) ? value : refuse('semver', `${path} is not a SemVer version`)

/** Refuses a list in which something stands twice. */
export const checkDistinct = (items: readonly string[], path: string): void =>
  check(new Set(items).size === items.length, 'schema', `${path} names something twice`)
