import { parseDuration } from '#core'
import { invalid, located, readFollow } from './settings.ts'

/** Whom packages are asked of: the server that the operator named, the peers, or both. */
export interface RegistrySettings {
  readonly mode: 'central' | 'p2p' | 'hybrid'
  readonly prefer: 'central-first' | 'p2p-first'
  /** `http(s)://` or `file://`, without a slash at its end; `undefined`: there is none. */
  readonly centralUrl: string | undefined
  /** Whether private names may be asked of the central one. */
  readonly centralIsPrivate: boolean
  /** What the central one knows this user by. Never printed, never logged. */
  readonly token: string | undefined
  /** Names and patterns of packages that no public source is asked for. */
  readonly privateNames: readonly string[]
  readonly timeoutMs: number
  /** Further tries where time ran out. */
  readonly retries: number
  /** Answers that are remembered, and for how long. */
  readonly cachePackages: number
  readonly cacheTtlMs: number
}

export const DEFAULT_REGISTRY: RegistrySettings = Object.freeze({
  mode: 'hybrid',
  prefer: 'central-first',
  centralUrl: undefined,
  centralIsPrivate: false,
  token: undefined,
  privateNames: Object.freeze([]),
  timeoutMs: 5000,
  retries: 3,
  cachePackages: 1000,
  cacheTtlMs: 5 * 60_000,
})

const URL_CHARS = 2048
const TOKEN = /^[\x21-\x7e]{1,512}$/
const LONGEST_TIMEOUT_MS = 10 * 60_000
const LONGEST_TTL_MS = 24 * 3_600_000

const short = (text: string): string => JSON.stringify(text.slice(0, 40))

const oneOf = <const T extends string>(text: string, allowed: readonly T[], from: string): T => {
  const found = allowed.find((one) => one === text)
  if (found === undefined) throw invalid(from, `must be one of ${allowed.join(', ')}, not ${short(text)}`)
  return found
}

/** Reads whom to ask. Throws `config-invalid`. */
export const readMode = (text: string, from: string): RegistrySettings['mode'] => oneOf(text, ['central', 'p2p', 'hybrid'], from)

/** Reads who is asked first where both are. Throws `config-invalid`. */
export const readPrefer = (text: string, from: string): RegistrySettings['prefer'] => oneOf(text, ['central-first', 'p2p-first'], from)

/** Reads where the central registry is. A password in it is refused: it would be shown wherever the address is. Throws `config-invalid`. */
export const readCentralUrl = (text: string, from: string): string => {
  const url = text.length <= URL_CHARS ? URL.parse(text) : null
  if (url === null || !['http:', 'https:', 'file:'].includes(url.protocol)) {
    throw invalid(from, `give an address that begins with https://, http:// or file://, not ${short(text)}`)
  }
  if (url.username !== '' || url.password !== '') throw invalid(from, 'an address has no user and no password in it; use a token')
  if (url.hash !== '') throw invalid(from, 'an address of a registry has no # in it')
  return url.href.replace(/\/+$/, '')
}

/** Reads a token; the complaint never shows it. Throws `config-invalid`. */
export const readToken = (text: string, from: string): string => {
  if (!TOKEN.test(text)) throw invalid(from, 'a token has 1 to 512 letters, digits and signs, and no spaces')
  return text
}

/** Reads names that are not asked of anybody public. Throws `config-invalid`. */
export const readPrivateNames = (patterns: readonly string[], from: string): readonly string[] => readFollow(patterns, from)

const readMs = (text: string, from: string, longestMs: number): number => {
  const ms = located(() => parseDuration(text), from)
  if (ms < 1 || ms > longestMs) throw invalid(from, `must be more than nothing and at most ${longestMs / 1000} s, not ${short(text)}`)
  return ms
}

/** Reads how long one question to the central registry may take, milliseconds. Throws `config-invalid`. */
export const readTimeout = (text: string, from: string): number => readMs(text, from, LONGEST_TIMEOUT_MS)

/** Reads how long an answer is remembered, milliseconds. Throws `config-invalid`. */
export const readCacheTtl = (text: string, from: string): number => readMs(text, from, LONGEST_TTL_MS)

/** Reads a whole number in decimal digits. Throws `config-invalid`. */
export const readWhole = (text: string, most: number, from: string): number => {
  if (/^\d{1,9}$/.test(text) && Number(text) <= most) return Number(text)
  throw invalid(from, `give a whole number from 0 to ${most}, not ${short(text)}`)
}
