import { GgenError } from './errors.ts'
import { LIMITS } from './limits.ts'
import { type IdentityId, parseIdentityId } from './op-id.ts'
import { type PackageName, parsePackageName } from './package-name.ts'

/** What a user asks for: a name, perhaps of one publisher, perhaps of some versions. */
export interface PackageSpec {
  readonly name: PackageName
  readonly identity?: IdentityId
  /** A version or a range, not yet interpreted; absent: the newest. */
  readonly range?: string
}

const IDENTITY_SCOPE = /^@(bafyrei[a-z2-7]{52})\/(.+)$/s

/**
 * Parses `name`, `name@1.2.3`, `name@^1`, `@scope/name@range`, `namespace/name`, `@<identity>/name@range`.
 * Throws `name-invalid` or `range-invalid`.
 */
export const parsePackageSpec = (text: string): PackageSpec => {
  if (text.length > LIMITS.nameChars + LIMITS.rangeChars + 64) throw new GgenError('name-invalid', 'the package name is too long')
  const scoped = IDENTITY_SCOPE.exec(text)
  const identity = scoped?.[1] === undefined ? undefined : parseIdentityId(scoped[1])
  const rest = scoped?.[2] ?? text
  const at = rest.indexOf('@', 1)
  const name = parsePackageName(at === -1 ? rest : rest.slice(0, at))
  const range = at === -1 ? undefined : rest.slice(at + 1).trim()
  if (range !== undefined && (range === '' || range.length > LIMITS.rangeChars)) {
    throw new GgenError('range-invalid', `not a version or range: ${JSON.stringify(range.slice(0, 80))}`)
  }
  return { name, ...(identity !== undefined && { identity }), ...(range !== undefined && { range }) }
}
