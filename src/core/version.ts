import type { Brand } from './brand.ts'
import { GgenError } from './errors.ts'
import { LIMITS } from './limits.ts'

/** A SemVer 2.0 version that can only be valid; numbers have at most ten digits. */
export type Version = Brand<string, 'Version'>

const NUMBER = '(?:0|[1-9]\\d{0,9})'
const PRERELEASE_PART = `(?:${NUMBER}|\\d*[a-zA-Z-][0-9a-zA-Z-]*)`
const VERSION = new RegExp(
  `^(${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-${PRERELEASE_PART}(?:\\.${PRERELEASE_PART})*)?)(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?$`,
)

/** Whether a text is a version. */
export const isVersion = (text: string): text is Version => text.length <= LIMITS.versionChars && VERSION.test(text)

/** Parses a version; throws `version-invalid`. A leading `v` or `=` is not accepted. */
export const parseVersion = (text: string): Version => {
  if (!isVersion(text)) throw new GgenError('version-invalid', `not a SemVer version: ${JSON.stringify(text.slice(0, 120))}`)
  return text
}

/**
 * The slot that a version occupies: the version without its build metadata. SemVer gives `1.0.0+a` and `1.0.0+b` the same
 * precedence, so both claim the slot `1.0.0`, and a slot is bound to one archive for ever.
 */
export const versionSlot = (version: Version): Version => {
  const plus = version.indexOf('+')
  return (plus === -1 ? version : version.slice(0, plus)) as Version
}
