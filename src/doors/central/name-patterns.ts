import { CENTRAL_LIMITS, GgenError, type PackageName } from '#core'
import { globCovers, isNameGlob } from '#trust'

/** Reads which names a token covers: exact ones, `prefix.*`, `@scope/*`, `namespace/*`, or `*` for all. Throws `usage`. */
export const readPatterns = (texts: readonly string[]): readonly string[] => {
  const patterns = [...new Set(texts)]
  if (patterns.length === 0 || patterns.length > CENTRAL_LIMITS.tokenPatterns) {
    throw new GgenError('usage', `a token covers 1 to ${CENTRAL_LIMITS.tokenPatterns} names or patterns`)
  }
  const wrong = patterns.find((pattern) => !isNameGlob(pattern))
  if (wrong !== undefined) {
    throw new GgenError('usage', `not a name or a pattern: ${JSON.stringify(wrong.slice(0, 140))}`, {
      hint: 'patterns look like io.acme.*, @scope/*, namespace/*, or * for every name',
    })
  }
  return patterns
}

/** Whether patterns cover a name; `undefined`, what is said of others, is covered by `*` alone. */
export const coversName = (patterns: readonly string[], name: PackageName | undefined): boolean =>
  name === undefined ? patterns.includes('*') : patterns.some((pattern) => globCovers(pattern, name))
