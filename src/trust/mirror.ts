import { LIMITS, type Mirror } from '#core'
import { check } from './op-fault.ts'
import { isPlainText } from './plain-text.ts'

const isText = (of: unknown): of is string => typeof of === 'string' && of !== '' && isPlainText(of, LIMITS.referenceChars)

/**
 * What the extension `mirror` of a release says. As every extension it decides nothing: one that says something else than it may is passed over, as by those
 * who do not know it.
 */
export const readMirror = (extensions: unknown): Mirror | undefined => {
  if (typeof extensions !== 'object' || extensions === null || !Object.hasOwn(extensions, 'mirror')) return undefined
  const { mirror } = extensions as { readonly mirror: unknown }
  return typeof mirror === 'object' && mirror !== null && 'of' in mirror && isText(mirror.of) ? { of: mirror.of } : undefined
}

/** The extensions of a release that is a copy; none of another one. Throws `op-invalid` for what would be passed over. */
export const mirrorExtension = (mirror: Mirror | undefined): { readonly x?: { readonly mirror: Mirror } } => {
  if (mirror === undefined) return {}
  check(isText(mirror.of), 'schema', 'what a release is a mirror of is not plain text')
  return { x: { mirror: { of: mirror.of } } }
}
