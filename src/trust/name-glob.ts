import { isPackageName, LIMITS, type PackageName } from '#core'

/** Whether a text names a set of packages: `*`, an exact name, `prefix.*`, `@scope/*` or `namespace/*`. */
export const isNameGlob = (text: string): boolean => {
  if (text === '*') return true
  if (text.length > LIMITS.nameChars) return false
  if (text.endsWith('.*')) return isPackageName(text.slice(0, -2))
  if (text.endsWith('/*')) return isPackageName(`${text.slice(0, -1)}a`)
  return isPackageName(text)
}

/**
 * Whether a name lies in the set. `io.ggen.*` covers names below `io.ggen`, not `io.ggen` itself, and the star never stands
 * for a `/`: a key for `io.ggen.*` has no say over the namespace `io.ggen.rust/`.
 */
export const globCovers = (glob: string, name: PackageName): boolean => {
  if (glob === '*' || glob === name) return true
  if (!glob.endsWith('*')) return false
  const prefix = glob.slice(0, -1)
  return name.startsWith(prefix) && !name.slice(prefix.length).includes('/')
}
