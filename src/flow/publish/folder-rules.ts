import { isManifestFile, type TreeEntry } from '#archive'
import { GgenError, LIMITS } from '#core'
import ignore, { type Ignore } from 'ignore'

/** Which files of a folder are packed. Paths are relative to the root of the package. */
export interface FolderRules {
  skipsFolder(path: string): boolean
  skipsFile(path: string): boolean
  /** The same rules with those that a folder below adds. */
  with(patterns: FolderPatterns): FolderRules
}

interface FolderPatterns {
  /** The folder that the patterns are relative to. */
  readonly folder: string
  readonly patterns: Ignore
}

/** A folder with what lies in it; the empty path is the root. */
export interface ListedFolder {
  readonly path: string
  readonly entries: readonly TreeEntry[]
}

/** The first that a folder has counts, as with npm. */
const IGNORE_FILES = ['.ggenignore', '.npmignore', '.gitignore'] as const

/** Never part of a package, at any depth: what tools leave behind, secrets of registries, and installed packages. */
const NEVER = /^(?:node_modules|ggen_packages|\.ggen|\.git|\.svn|\.hg|CVS|\.DS_Store|\._.*|\..*\.swp|\.npmrc|npm-debug\.log|.*\.orig)$/

/** Always part of a package, at its root. */
const ALWAYS = /^(?:readme|licen[cs]e)(?:[.-].*)?$/i

/** The rules at the root; `allowed` are the patterns of the only files to pack, where a manifest names some. */
export const rootRules = (allowed: readonly string[] | undefined): FolderRules => {
  return new LayeredRules(allowed === undefined ? undefined : allowList(allowed), [])
}

/** The rules inside a folder: those above, and its own ignore file where it has one. Throws `archive-too-large` and what `read` throws. */
export const readFolderRules = async (above: FolderRules, folder: ListedFolder, read: (path: string) => Promise<Uint8Array>): Promise<FolderRules> => {
  const found = IGNORE_FILES.map((name) => folder.entries.find((entry) => entry.name === name && entry.kind === 'file')).find((entry) => entry !== undefined)
  if (found === undefined) return above
  const path = folder.path === '' ? found.name : `${folder.path}/${found.name}`
  if (found.sizeBytes > LIMITS.ignoreFileBytes) {
    throw new GgenError('archive-too-large', `${path} is larger than ${LIMITS.ignoreFileBytes} bytes`, { details: { path, limit: LIMITS.ignoreFileBytes } })
  }
  return above.with({ folder: folder.path, patterns: ignore({ ignorecase: false }).add(Buffer.from(await read(path)).toString('utf8')) })
}

class LayeredRules implements FolderRules {
  readonly #allows: ((path: string) => boolean) | undefined
  readonly #layers: readonly FolderPatterns[]

  constructor(allows: ((path: string) => boolean) | undefined, layers: readonly FolderPatterns[]) {
    this.#allows = allows
    this.#layers = layers
  }

  with(layer: FolderPatterns): FolderRules {
    if (this.#allows !== undefined && layer.folder === '') return this
    return new LayeredRules(this.#allows, [...this.#layers, layer])
  }

  skipsFolder(path: string): boolean {
    return NEVER.test(lastPart(path)) || this.#isIgnored(`${path}/`)
  }

  skipsFile(path: string): boolean {
    if (isManifestFile(path) || ALWAYS.test(path)) return false
    if (NEVER.test(lastPart(path))) return true
    if (this.#allows !== undefined && !this.#allows(path)) return true
    return this.#isIgnored(path)
  }

  /** As in git, the patterns of the deepest folder that say something decide; folders are spelled with a slash at the end. */
  #isIgnored(spelled: string): boolean {
    for (const { folder, patterns } of this.#layers.toReversed()) {
      const start = folder === '' ? 0 : folder.length + 1
      const { ignored, unignored } = patterns.test(spelled.slice(start))
      if (ignored || unignored) return ignored
    }
    return false
  }
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Patterns of what may be packed; those with `!` take back, wherever they stand. */
const allowList = (patterns: readonly string[]): ((path: string) => boolean) => {
  const allowed = ignore({ ignorecase: false }).add(patterns.filter((pattern) => !pattern.startsWith('!')).map(anchored))
  const refused = ignore({ ignorecase: false }).add(patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => anchored(pattern.slice(1))))
  return (path) => allowed.ignores(path) && !refused.ignores(path)
}

/** A pattern of an allow-list starts at the root, unless it is a glob without a slash. */
const anchored = (pattern: string): string => {
  const path = pattern.replace(/^(?:\.?\/)+/, '')
  if (path === '' || path === '.') return '**'
  return /[*?[]/.test(path) && !path.includes('/') ? path : `/${path}`
}
