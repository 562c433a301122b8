import { LIMITS, STATUS_STATES, type StatusBody, type StatusState } from '#core'
import { type Fields, fieldsOf, opLinkOf, packageNameOf, textOf, versionOf } from './fields.ts'
import { refuse } from './op-fault.ts'

const STATES: ReadonlySet<unknown> = new Set(STATUS_STATES)
const isState = (value: unknown): value is StatusState => STATES.has(value)

const readTag = (value: unknown): NonNullable<StatusBody['tag']> => {
  const fields = fieldsOf(value, 'b.tag', { required: ['latest'] })
  return { latest: versionOf(fields['latest'], 'b.tag.latest') }
}

const readState = (fields: Fields): StatusState => {
  const state = fields['state']
  return isState(state) ? state : refuse('schema', 'b.state is not live, deprecated, yanked or withdrawn')
}

/** Reads the body of a status. */
export const readStatusBody = (value: unknown): StatusBody => {
  const fields = fieldsOf(value, 'b', { required: ['roles', 'name', 'version', 'state'], optional: ['why', 'tag'] })
  return {
    roles: opLinkOf(fields['roles'], 'b.roles'),
    name: packageNameOf(fields['name'], 'b.name'),
    version: fields['version'] === '*' ? '*' : versionOf(fields['version'], 'b.version'),
    state: readState(fields),
    ...(Object.hasOwn(fields, 'why') && { why: textOf(fields['why'], LIMITS.reasonChars, 'b.why') }),
    ...(Object.hasOwn(fields, 'tag') && { tag: readTag(fields['tag']) }),
  }
}
