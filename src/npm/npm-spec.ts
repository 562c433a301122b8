import { GgenError } from '#core'
import { type NpmName, parseNpmName } from './npm-name.ts'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'

/** A package as people name it to npm: `name`, `name@1.2.3`, `@scope/name@^1`, `name@next`. */
export interface NpmSpec {
  readonly name: NpmName
  /** A version, a range or a tag; `latest` where nothing is said. */
  readonly wanted: string
}

/** Parses what was typed. Throws `name-invalid`, and `range-invalid` for what is no version, range or tag: it has signs that none has, or is very long. */
export const parseNpmSpec = (text: string): NpmSpec => {
  const at = text.indexOf('@', 1)
  const name = parseNpmName(at === -1 ? text : text.slice(0, at))
  const wanted = at === -1 ? '' : text.slice(at + 1).trim()
  if (wanted.length <= NPM_TEXT_LIMITS.versionChars && /^[\w.+^~<>=|* -]*$/.test(wanted)) return { name, wanted: wanted === '' ? 'latest' : wanted }
  throw new GgenError('range-invalid', `not a version, range or tag: ${JSON.stringify(wanted.slice(0, 120))}`)
}
