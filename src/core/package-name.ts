import type { Brand } from './brand.ts'
import { GgenError } from './errors.ts'
import { LIMITS } from './limits.ts'

/**
 * A package name that can only be valid, in one of four forms: `rust-web-framework`, `io.ggen.rust.cli`, `@scope/name`,
 * `namespace/name`. ASCII, lower case; safe as a path below a folder, on every platform, with `/` as the only separator.
 */
export type PackageName = Brand<string, 'PackageName'>

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const DOTTED = `${LABEL}(?:\\.${LABEL}){0,9}`
const NAME = new RegExp(`^(?:@?${DOTTED}/)?${DOTTED}$`)

/** Names that Windows or npm give another meaning to, as a part of one of the forms above. */
const RESERVED = /(?:^@?|\/)(?:(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:[./]|$)|(?:favicon\.ico|node_modules)(?:\/|$))/

/** An identity in the place of a scope belongs to `parsePackageSpec`, never to a name. */
const IDENTITY_SCOPE = /^@?bafyrei[a-z2-7]{52}\//

/** Whether a text is a package name. */
export const isPackageName = (text: string): text is PackageName =>
  text.length <= LIMITS.nameChars &&
  NAME.test(text) &&
  !IDENTITY_SCOPE.test(text) &&
  !RESERVED.test(text)

/** Parses a name; throws `name-invalid`. */
export const parsePackageName = (text: string): PackageName => {
  if (!isPackageName(text)) throw new GgenError('name-invalid', `not a package name: ${JSON.stringify(text.slice(0, 140))}`)
  return text
}
