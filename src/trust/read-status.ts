import { isTagName, LIMITS, STATUS_STATES, type StatusBody, type StatusState, type TagWord } from '#core'
import { type Fields, fieldsOf, mapOf, opLinkOf, packageNameOf, textOf, versionOf } from './fields.ts'
import { refuse } from './op-fault.ts'

const STATES: ReadonlySet<unknown> = new Set(STATUS_STATES)
const isState = (value: unknown): value is StatusState => STATES.has(value)

const readTag = (value: unknown): TagWord => {
  const [[name, version] = refuse('schema', 'b.tag is empty'), ...others] = Object.entries(mapOf(value, 'b.tag'))
  if (others.length > 0 || !isTagName(name)) refuse('schema', 'b.tag has more than one entry, or one that is no tag')
  return { name, ...(version !== null && { version: versionOf(version, 'b.tag') }) }
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
