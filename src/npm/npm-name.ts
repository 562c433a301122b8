import { type Brand, GgenError } from '#core'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'

/**
 * The name of an npm package that can only be valid: `name` or `@scope/name`. Unlike a `PackageName` it may have capitals and some signs, as old packages do.
 * ASCII; `/` stands after the scope alone, and nothing in it leads out of a folder or an address. Two names may differ in capitals alone.
 */
export type NpmName = Brand<string, 'NpmName'>

/** What `encodeURIComponent` leaves as it is, which is what npm allows. */
const PART = String.raw`[A-Za-z0-9_\-.!~*'()]+`
const NAME = new RegExp(String.raw`^(?:@(?!\.|-/)${PART}/(?!\.|-$)|(?![._-]))${PART}$`)

/** Folders of projects, and what browsers ask every server for: npm takes neither as a name. */
const RESERVED = /^(?:node_modules|favicon\.ico)$/i

/** Whether a text is the name of an npm package. */
export const isNpmName = (text: string): text is NpmName =>
  text.length <= NPM_TEXT_LIMITS.nameChars && NAME.test(text) && !text.includes('..') && !RESERVED.test(text)

const HINT = 'npm names look like my-tool or @scope/my-tool, at most 214 long'

/** Parses a name; throws `name-invalid`. */
export const parseNpmName = (text: string): NpmName => {
  if (!isNpmName(text)) throw new GgenError('name-invalid', `not the name of an npm package: ${JSON.stringify(text.slice(0, 140))}`, { hint: HINT })
  return text
}

/** `@scope` of `@scope/name`; `undefined` where a name has none. */
export const scopeOf = (name: NpmName): string | undefined => (name.startsWith('@') ? name.slice(0, name.indexOf('/')) : undefined)

/** What stands after the scope: files of a package are called so. */
export const unscopedName = (name: NpmName): string => name.slice(name.indexOf('/') + 1)
