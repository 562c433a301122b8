import { isNpmName, type NpmName, parseNpmName, tarballPath, versionOfFile } from '#npm'

/** What a client asks for, by the path below the address of the registry. */
export type Route =
  | { readonly to: 'root' | 'ping' | 'whoami' | 'search' | 'keys' | 'profile' }
  | { readonly to: 'document'; readonly name: NpmName }
  | { readonly to: 'manifest'; readonly name: NpmName; readonly version: string }
  | { readonly to: 'tarball'; readonly name: NpmName; readonly version: string; readonly path: string }
  /** A change of a document, or of what it was when the client read it. */
  | { readonly to: 'revision'; readonly name: NpmName; readonly revision: string; readonly version?: string }
  | { readonly to: 'tags'; readonly name: NpmName; readonly tag?: string }
  | { readonly to: 'access'; readonly name: NpmName; readonly what: string }
  | { readonly to: 'user'; readonly user: string }
  | { readonly to: 'token'; readonly token: string }
  /** What the upstream alone can answer. */
  | { readonly to: 'upstream'; readonly path: string }
  | { readonly to: 'nothing' }

const NOTHING: Route = { to: 'nothing' }

const FIXED: Readonly<Record<string, Route>> = {
  '': { to: 'root' },
  '-/ping': { to: 'ping' },
  '-/whoami': { to: 'whoami' },
  '-/v1/search': { to: 'search' },
  '-/npm/v1/keys': { to: 'keys' },
  '-/npm/v1/user': { to: 'profile' },
}

/** What is handed on as it is: known weaknesses, and where a package was built. */
const PASSED_ON = /^-\/npm\/v1\/(?:security\/(?:advisories\/bulk|audits(?:\/quick)?)|attestations\/[^?]+)$/

/** Reads a path without its query, percent-encoded, without a slash in front. Pure; `nothing` for what no client asks for. */
export const readRoute = (path: string): Route => {
  const fixed = Object.hasOwn(FIXED, path) ? FIXED[path] : undefined
  if (fixed !== undefined) return fixed
  if (PASSED_ON.test(path)) return { to: 'upstream', path }
  const parts = decoded(path)
  if (parts === undefined) return NOTHING
  return parts[0] === '-' ? ofRegistry(parts.slice(1)) : ofPackage(parts)
}

/** The segments, decoded; a slash that was encoded parts a scope from a name. `undefined`: it cannot be decoded, which nothing is that a client sends. */
const decoded = (path: string): readonly string[] | undefined => {
  try {
    return path.split('/').flatMap((segment) => {
      const text = decodeURIComponent(segment)
      return text.startsWith('@') ? text.split('/') : [text]
    })
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

const ofRegistry = (parts: readonly string[]): Route => {
  const [first, second = '', ...rest] = parts
  if (first === 'user' && second === 'token' && rest.length === 1) return { to: 'token', token: rest[0] ?? '' }
  if (first === 'user' && rest.length <= 2) return { to: 'user', user: second.replace(/^org\.couchdb\.user:/, '') }
  if (first !== 'package') return NOTHING
  const { name, rest: after } = splitName(parts.slice(1))
  if (name === undefined) return NOTHING
  if (after[0] === 'dist-tags' && after.length <= 2) return { to: 'tags', name, ...(after[1] !== undefined && { tag: after[1] }) }
  return after.length >= 1 ? { to: 'access', name, what: after.join('/') } : NOTHING
}

const splitName = (parts: readonly string[]): { readonly name: NpmName | undefined; readonly rest: readonly string[] } => {
  const length = parts[0]?.startsWith('@') === true ? 2 : 1
  const text = parts.slice(0, length).join('/')
  return { name: isNpmName(text) ? parseNpmName(text) : undefined, rest: parts.slice(length) }
}

const ofPackage = (parts: readonly string[]): Route => {
  const { name, rest } = splitName(parts)
  if (name === undefined) return tarballBelow(parts)
  const [first, second = ''] = rest
  if (rest.length === 0) return { to: 'document', name }
  if (first === '-rev' && rest.length === 2) return { to: 'revision', name, revision: second }
  if (first === '-') {
    // A scope may stand in front of the file once more: that is how pnpm and npm name what they publish.
    const [file = '', ...behind] = second.startsWith('@') ? rest.slice(2) : rest.slice(1)
    const version = versionOfFile(name, file)
    if (version !== undefined && behind[0] === '-rev' && behind[1] !== undefined && behind.length === 2) {
      return { to: 'revision', name, version, revision: behind[1] }
    }
    return version === undefined || behind.length > 0 ? NOTHING : { to: 'tarball', name, version, path: tarballPath(name, version) }
  }
  return rest.length === 1 && first !== undefined ? { to: 'manifest', name, version: first } : tarballBelow(parts)
}

/** Where npm puts the address of the door in the place of that of a registry below some path, the path stays. */
const tarballBelow = (parts: readonly string[]): Route => {
  const dash = parts.lastIndexOf('-')
  if (dash < 1 || dash !== parts.length - 2) return NOTHING
  const start = parts[dash - 2]?.startsWith('@') === true ? dash - 2 : dash - 1
  const { name } = splitName(parts.slice(start, dash))
  const version = name === undefined ? undefined : versionOfFile(name, parts[dash + 1] ?? '')
  return name === undefined || version === undefined ? NOTHING : { to: 'tarball', name, version, path: tarballPath(name, version) }
}
