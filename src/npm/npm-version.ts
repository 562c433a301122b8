import { type Brand, GgenError } from '#core'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'

/**
 * A version as npm registries have them: SemVer 2.0 with all that npm takes. Prereleases often carry times with more digits than a `Version` may have, and the
 * text may be longer. Every `Version` is one.
 */
export type NpmVersion = Brand<string, 'NpmVersion'>

const NUMBER = String.raw`(0|[1-9]\d{0,15})`
const PRERELEASE_PART = String.raw`(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)`
const VERSION = new RegExp(
  String.raw`^${NUMBER}\.${NUMBER}\.${NUMBER}(?:-${PRERELEASE_PART}(?:\.${PRERELEASE_PART})*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$`,
)

/** Whether a text is a version as npm registries have them. */
export const isNpmVersion = (text: string): text is NpmVersion =>
  text.length <= NPM_TEXT_LIMITS.versionChars && VERSION.exec(text)?.slice(1, 4).every((number) => Number.isSafeInteger(Number(number))) === true

/** Parses a version; throws `version-invalid`. A leading `v` or `=` is not accepted. */
export const parseNpmVersion = (text: string): NpmVersion => {
  if (!isNpmVersion(text)) throw new GgenError('version-invalid', `not a SemVer version: ${JSON.stringify(text.slice(0, 120))}`)
  return text
}
