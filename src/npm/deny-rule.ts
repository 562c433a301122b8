import { Range, satisfies } from 'semver'
import { GgenError } from '#core'
import { isNpmName, type NpmName } from './npm-name.ts'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'

/** A package that nobody gets here, or versions of it. */
export interface DenyRule {
  readonly name: NpmName
  /** Versions that are in it, with their prereleases; absent: all. */
  readonly range?: string
}

const broken = (text: string, why: string): GgenError =>
  new GgenError('config-invalid', `npm.deny: ${JSON.stringify(text.slice(0, NPM_TEXT_LIMITS.nameChars))} ${why}`, {
    hint: 'write a name, or a name and a range: "left-pad", "event-stream@3.3.6", "@acme/tool@<2"',
  })

/** Parses `NAME` or `NAME@RANGE`; throws `config-invalid`. */
export const parseDenyRule = (text: string): DenyRule => {
  const at = text.indexOf('@', 1)
  const [name, range] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
  if (!isNpmName(name)) throw broken(text, 'names no package')
  if (range === undefined) return { name }
  if (range.length > NPM_TEXT_LIMITS.rangeChars || range.trim() === '') throw broken(text, 'has no range after the @, or a very long one')
  try {
    return { name, range: new Range(range).raw }
  } catch (cause) {
    if (cause instanceof TypeError) throw broken(text, 'has something after the @ that is no range')
    throw cause
  }
}

/** As it was written. */
export const denyRuleText = ({ name, range }: DenyRule): string => (range === undefined ? name : `${name}@${range}`)

/** Whether a rule is about a version of its package. What is no SemVer is in no range. */
export const isDenied = ({ range }: DenyRule, version: string): boolean =>
  range === undefined || satisfies(version, range, { includePrerelease: true, loose: true })
