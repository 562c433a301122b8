import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { GgenError } from '#core'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'

/** A key that a registry signs versions with: ECDSA on P-256, the one kind that npm knows. */
export interface RegistryKey {
  /** What signatures name it by. Registries choose it freely. */
  readonly keyid: string
  /** Versions that were published from then on are not signed with it. Absent: for ever. */
  readonly expiresAtMs?: number
  readonly publicKey: KeyObject
}

const KIND = 'ecdsa-sha2-nistp256'

type Listed = Readonly<Record<string, unknown>>

const broken = (what: string, cause?: unknown): GgenError =>
  new GgenError('registry-failed', `the keys that the registry signs with: ${what}`, { ...(cause !== undefined && { cause }) })

const isListed = (value: unknown): value is Listed => typeof value === 'object' && value !== null && !Array.isArray(value)

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw broken('not JSON', error)
    throw error
  }
}

const parsePublicKey = (base64: string, keyid: string): KeyObject => {
  let publicKey: KeyObject
  try {
    publicKey = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' })
  } catch (cause) {
    throw broken(`${JSON.stringify(keyid)} is no key`, cause)
  }
  if (publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw broken(`${JSON.stringify(keyid)} is not on P-256`)
  return publicKey
}

const parseExpiry = (expires: unknown, keyid: string): number | undefined => {
  if (expires === undefined || expires === null || expires === '') return undefined
  const expiresAtMs = typeof expires === 'string' ? Date.parse(expires) : Number.NaN
  if (Number.isNaN(expiresAtMs)) throw broken(`nobody can say when ${JSON.stringify(keyid)} expires`)
  return expiresAtMs
}

const parseKey = ({ keyid, key, expires }: Listed): RegistryKey => {
  if (typeof keyid !== 'string' || keyid === '' || keyid.length > NPM_TEXT_LIMITS.keyIdChars) throw broken('one has no id, or a very long one')
  if (typeof key !== 'string') throw broken(`${JSON.stringify(keyid)} has no key`)
  const expiresAtMs = parseExpiry(expires, keyid)
  return { keyid, publicKey: parsePublicKey(key, keyid), ...(expiresAtMs !== undefined && { expiresAtMs }) }
}

/**
 * Parses what `/-/npm/v1/keys` answers. Keys of kinds that nobody here knows are left out; of several with the same id the first counts, as with npm. Throws
 * `registry-failed` where the list or a key of the known kind is broken: leaving that out would look as if the registry had never signed.
 */
export const parseRegistryKeys = (text: string): readonly RegistryKey[] => {
  if (text.length > NPM_TEXT_LIMITS.keysChars) throw broken(`more than ${NPM_TEXT_LIMITS.keysChars} characters`)
  const answer = parseJson(text)
  const listed = isListed(answer) && Object.hasOwn(answer, 'keys') ? answer['keys'] : undefined
  if (!Array.isArray(listed)) throw broken('no list')
  if (listed.length > NPM_TEXT_LIMITS.keys) throw broken(`more than ${NPM_TEXT_LIMITS.keys}`)
  const keys = (listed as readonly unknown[]).filter(isListed).filter(({ keytype, scheme }) => keytype === KIND && scheme === KIND).map(parseKey)
  return keys.filter(({ keyid }, index) => keys.findIndex((key) => key.keyid === keyid) === index)
}

/** The list as `/-/npm/v1/keys` answers it. */
export const writeRegistryKeys = (keys: readonly RegistryKey[]): string =>
  JSON.stringify({
    keys: keys.map(({ keyid, expiresAtMs, publicKey }) => ({
      expires: expiresAtMs === undefined ? null : new Date(expiresAtMs).toISOString(), keyid, keytype: KIND, scheme: KIND,
      key: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    })),
  })

/** The id that npm gives to keys: `SHA256:` and the hash of the key in base64, without the signs at its end that only fill up. */
export const keyIdOf = (publicKey: KeyObject): string =>
  `SHA256:${createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('base64').replace(/=+$/, '')}`
