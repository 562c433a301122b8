import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type IdentityId, isGgenError, isOpId, LIMITS, parseServerAddress, type RegistryId } from '#core'
import { invalid, isTable, type Kind, short, textual, texts } from './kind.ts'

/** Names and patterns, each once; what they mean is read by whoever heeds them. */
export const patterns: Kind<readonly string[]> = texts((given, { from }) => {
  const unique = [...new Set(given.map((pattern) => pattern.trim()))]
  if (unique.includes('')) throw invalid(from, 'an entry is empty')
  if (unique.length > LIMITS.followPatterns) throw invalid(from, `at most ${LIMITS.followPatterns} entries`)
  return unique
})

/** Hashes of keys that npm registries sign with, as they list them. */
export const keyHashes: Kind<readonly string[]> = texts((given, { from }) => {
  const wrong = given.find((hash) => !/^SHA256:[A-Za-z0-9+/]{43}$/.test(hash))
  if (wrong !== undefined) throw invalid(from, `a key is named by SHA256: and 43 letters, digits and signs, not ${short(wrong)}`)
  if (given.length > TABLE_ENTRIES) throw invalid(from, `at most ${TABLE_ENTRIES} entries`)
  return [...new Set(given)]
})

/** Packages and versions of npm; what they mean is read by whoever heeds them. */
export const denied: Kind<readonly string[]> = texts((given, { from }) => {
  if (given.some((rule) => rule.trim() === '')) throw invalid(from, 'an entry is empty')
  if (given.length > DENIED) throw invalid(from, `at most ${DENIED} entries`)
  return [...new Set(given.map((rule) => rule.trim()))]
})

const DENIED = 1000
const TABLE_ENTRIES = 256

/** A table with one entry for each key; it cannot be said in a variable. */
const byKey = <K extends string, V extends string>(
  read: (key: string, value: unknown, from: string) => readonly [K, V], of: Kind<unknown>['schema'],
): Kind<ReadonlyMap<K, V>> => ({
  fromText: (_text, { from }) => {
    throw invalid(from, 'must be a table in a file')
  },
  fromToml: (value, { from }) => {
    if (!isTable(value)) throw invalid(from, 'must be a table')
    const entries = Object.entries(value)
    if (entries.length > TABLE_ENTRIES) throw invalid(from, `at most ${TABLE_ENTRIES} entries`)
    return new Map(entries.map(([key, one]) => read(key, one, from)))
  },
  write: (value) => Object.fromEntries(value),
  schema: { type: 'object', additionalProperties: of, maxProperties: TABLE_ENTRIES },
})

const readOwner = (pattern: string, identity: unknown, from: string): readonly [string, IdentityId] => {
  if (typeof identity === 'string' && isOpId(identity)) return [pattern, identity as IdentityId]
  throw invalid(from, `${JSON.stringify(pattern.slice(0, 128))} must name an identity, bafyrei and so on`)
}

/** Which names belong to whom. */
export const owners: Kind<ReadonlyMap<string, IdentityId>> = byKey(readOwner, { type: 'string', pattern: '^bafyrei' })

/** Where packages of npm come from: those that are published to this network, or those of the registry that npm is configured with. */
export type NpmRoute = 'network' | 'upstream'

const ROUTED = /^(?:\*|@[a-z0-9~-][a-z0-9._~-]*\/\*|(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*)$/

const readRoute = (pattern: string, route: unknown, from: string): readonly [string, NpmRoute] => {
  if (!ROUTED.test(pattern)) throw invalid(from, `${JSON.stringify(pattern.slice(0, 128))} is neither a name, nor @scope/*, nor *`)
  if (route === 'network' || route === 'upstream') return [pattern, route]
  throw invalid(from, `${JSON.stringify(pattern)} must be "network" or "upstream"`)
}

/** Which of the two has which names: each name has one source. */
export const routes: Kind<ReadonlyMap<string, NpmRoute>> = byKey(readRoute, { enum: ['network', 'upstream'] })

const URL_CHARS = 2048

/**
 * Where a central registry is, without a slash at its end; the absolute path of a folder is as good as its address. A password in it is refused: it would be
 * shown wherever the address is.
 */
export const registryUrl: Kind<string> = textual(
  (text, { from }) => {
    const url = text.length > URL_CHARS ? null : isAbsolute(text) ? pathToFileURL(text) : URL.parse(text)
    if (url === null || !['http:', 'https:', 'file:'].includes(url.protocol)) {
      const shown = short(text.replace(/\/\/[^/@]*@/, '//…@'))
      throw invalid(from, `give an address that begins with https://, http:// or file://, or the absolute path of a folder, not ${shown}`)
    }
    if (url.username !== '' || url.password !== '') throw invalid(from, 'an address has no user and no password in it; use a token')
    if (url.hash !== '') throw invalid(from, 'an address of a registry has no # in it')
    return url.href.replace(/\/+$/, '')
  },
  { type: 'string', pattern: '^(?:(?:https?|file)://|/|[A-Za-z]:)' },
)

/** What a server knows a user by. A complaint never shows it. */
export const secret: Kind<string> = textual((text, { from }) => {
  if (/^[\x21-\x7e]{1,512}$/.test(text)) return text
  throw invalid(from, 'a token has 1 to 512 letters, digits and signs, and no spaces')
})

/** Where something lies. A `~` at its beginning stands for the user's folder. */
export const filePath: Kind<string> = textual((text, { from }) => {
  if (text !== '' && text.length <= 4096 && !text.includes('\0')) return text
  throw invalid(from, 'must be a path')
})

const readToken = (address: string, token: unknown, from: string): readonly [RegistryId, string] => {
  if (typeof token !== 'string') throw invalid(from, 'a token is a text')
  try {
    return [parseServerAddress(address), secret.fromText(token, { from, remark: () => undefined })]
  } catch (error) {
    if (!isGgenError(error, 'usage')) throw error
    throw invalid(from, error.message)
  }
}

/** What servers know a user by, by their addresses. A complaint never shows it. */
export const tokensByAddress: Kind<ReadonlyMap<RegistryId, string>> = byKey(readToken, { type: 'string' })
