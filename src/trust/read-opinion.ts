import {
  type AdvisoryBody, type EndorseBody, type EndorsementLevel, ENDORSEMENT_LEVELS, type IdentityId, LIMITS, SEVERITIES, type Severity,
} from '#core'
import { checkDistinct, type Fields, fieldsOf, listOf, MAX_SECONDS, opLinkOf, packageNameOf, textOf, uintOf, versionOf } from './fields.ts'
import { check, refuse } from './op-fault.ts'

const LEVELS: ReadonlySet<unknown> = new Set(ENDORSEMENT_LEVELS)
const isLevel = (value: unknown): value is EndorsementLevel => LEVELS.has(value)

const GRADES: ReadonlySet<unknown> = new Set(SEVERITIES)
const isSeverity = (value: unknown): value is Severity => GRADES.has(value)

const readWhy = (fields: Fields): { readonly why?: string } =>
  Object.hasOwn(fields, 'why') ? { why: textOf(fields['why'], LIMITS.reasonChars, 'b.why') } : {}

const targetOf = (fields: Fields): IdentityId => opLinkOf(fields['target'], 'b.target') as IdentityId

/** Reads the body of an endorsement. */
export const readEndorseBody = (value: unknown): EndorseBody => {
  const fields = fieldsOf(value, 'b', { required: ['roles', 'target', 'names', 'level'], optional: ['why', 'exp'] })
  const names = listOf(fields['names'], LIMITS.endorsedNames, 'b.names').map((name) => packageNameOf(name, 'b.names'))
  checkDistinct(names, 'b.names')
  const { level } = fields
  return {
    roles: opLinkOf(fields['roles'], 'b.roles'),
    target: targetOf(fields),
    names,
    level: isLevel(level) ? level : refuse('schema', 'b.level is not vouch, block or none'),
    ...readWhy(fields),
    ...(Object.hasOwn(fields, 'exp') && { expires: uintOf(fields['exp'], MAX_SECONDS, 'b.exp') }),
  }
}

/** What a range means is not looked at: libraries differ in that, and nodes must not differ about what is an op. */
const readRange = (fields: Fields): string => {
  const range = textOf(fields['range'], LIMITS.rangeChars, 'b.range')
  check(range !== '', 'schema', 'b.range is empty')
  return range
}

/** Reads the body of an advisory. */
export const readAdvisoryBody = (value: unknown): AdvisoryBody => {
  const fields = fieldsOf(value, 'b', { required: ['roles', 'target', 'name', 'range', 'severity'], optional: ['why', 'ref', 'fix'] })
  const { severity } = fields
  return {
    roles: opLinkOf(fields['roles'], 'b.roles'),
    target: targetOf(fields),
    name: packageNameOf(fields['name'], 'b.name'),
    range: readRange(fields),
    severity: isSeverity(severity) ? severity : refuse('schema', 'b.severity is not none, low, moderate, high or critical'),
    ...readWhy(fields),
    ...(Object.hasOwn(fields, 'ref') && { ref: textOf(fields['ref'], LIMITS.referenceChars, 'b.ref') }),
    ...(Object.hasOwn(fields, 'fix') && { fix: versionOf(fields['fix'], 'b.fix') }),
  }
}
