import { type IdentityId, LIMITS, type OpId } from '#core'
import { decodeCanonical } from './decode-cbor.ts'
import { bytesOf, type Fields, fieldsOf, type Keys, MAX_COUNT, MAX_SECONDS, mapOf, opLinkOf, publicKeyOf, uintOf } from './fields.ts'
import type { AdvisoryDraft, EndorseDraft, GenesisDraft, OpDraft, ReleaseDraft, RolesDraft, StatusDraft } from './op-draft.ts'
import { check, refuse } from './op-fault.ts'
import { readMirror } from './mirror.ts'
import { checkExtensions } from './read-extensions.ts'
import { readAdvisoryBody, readEndorseBody } from './read-opinion.ts'
import { readReleaseBody } from './read-release.ts'
import { readDomains, readRevoked, readRoles, ROLES_KEYS } from './read-roles.ts'
import { readStatusBody } from './read-status.ts'

const VERSION = 1
const NONCE_BYTES = 16
const COMMON = ['v', 't', 'at', 'seq', 'prev', 'b'] as const
const GENESIS: Keys = { required: COMMON, optional: ['x'] }
const CHAIN: Keys = { required: [...COMMON, 'id'], optional: ['x'] }
const FEED: Keys = { required: [...COMMON, 'id', 'feed'], optional: ['x'] }
const OPINION: Keys = { required: [...COMMON, 'id', 'key'], optional: ['x'] }

interface Position {
  readonly at: number
  readonly seq: number
  readonly prev?: OpId
}

const readPosition = (fields: Fields): Position => {
  const at = uintOf(fields['at'], MAX_SECONDS, 'at')
  const seq = uintOf(fields['seq'], MAX_COUNT, 'seq')
  if (Object.hasOwn(fields, 'x')) checkExtensions(fields['x'])
  if (seq > 0) return { at, seq, prev: opLinkOf(fields['prev'], 'prev') }
  check(fields['prev'] === null, 'schema', 'the first op of a chain has no prev')
  return { at, seq }
}

const identityOf = (fields: Fields): IdentityId => opLinkOf(fields['id'], 'id') as IdentityId

const readGenesis = (value: Fields): GenesisDraft => {
  const position = readPosition(fieldsOf(value, 'payload', GENESIS))
  check(position.seq === 0, 'schema', 'a genesis has seq 0')
  const body = fieldsOf(value['b'], 'b', { required: [...ROLES_KEYS, 'nonce'], optional: ['human'] })
  return { type: 'genesis', ...position, body: { ...readRoles(body), nonce: Uint8Array.from(bytesOf(body['nonce'], NONCE_BYTES, 'b.nonce')) } }
}

const readRolesOp = (value: Fields): RolesDraft => {
  const fields = fieldsOf(value, 'payload', CHAIN)
  const { prev, ...position } = readPosition(fields)
  check(prev !== undefined, 'schema', 'a roles op has a prev')
  check(position.seq <= LIMITS.rolesOps, 'schema', `seq of a roles op is at most ${LIMITS.rolesOps}`)
  const body = fieldsOf(fields['b'], 'b', { required: [...ROLES_KEYS, 'revoked'], optional: ['human', 'domains'] })
  const revoked = readRevoked(body['revoked'])
  return { type: 'roles', identity: identityOf(fields), ...position, prev, body: { ...readRoles(body), revoked, domains: readDomains(body) } }
}

const readFeedHead = (value: Fields): Position & Pick<ReleaseDraft, 'identity' | 'feed'> => {
  const fields = fieldsOf(value, 'payload', FEED)
  return { identity: identityOf(fields), ...readPosition(fields), feed: publicKeyOf(fields['feed'], 'feed') }
}

const readRelease = (value: Fields): ReleaseDraft => {
  const head = readFeedHead(value)
  const mirror = readMirror(value['x'])
  return { type: 'release', ...head, ...(mirror !== undefined && { mirror }), body: readReleaseBody(value['b']) }
}

const readStatus = (value: Fields): StatusDraft => ({ type: 'status', ...readFeedHead(value), body: readStatusBody(value['b']) })

const readOpinionHead = (value: Fields): Pick<EndorseDraft, 'identity' | 'at' | 'seq' | 'key'> => {
  const fields = fieldsOf(value, 'payload', OPINION)
  const { at, seq } = readPosition(fields)
  check(seq === 0, 'schema', 'an opinion has seq 0')
  return { identity: identityOf(fields), at, seq: 0, key: publicKeyOf(fields['key'], 'key') }
}

const readEndorse = (value: Fields): EndorseDraft => ({ type: 'endorse', ...readOpinionHead(value), body: readEndorseBody(value['b']) })

const readAdvisory = (value: Fields): AdvisoryDraft => ({ type: 'advisory', ...readOpinionHead(value), body: readAdvisoryBody(value['b']) })

/** Bytes to what they say, strictly: one canonical encoding, the exact keys of their type, every field in its bounds. Throws `op-invalid`. */
export const readPayload = (payload: Uint8Array): OpDraft => {
  const value = mapOf(decodeCanonical(payload), 'payload')
  check(uintOf(value['v'], MAX_COUNT, 'v') === VERSION, 'version', 'the op is of another version')
  switch (value['t']) {
    case 'genesis': return readGenesis(value)
    case 'roles': return readRolesOp(value)
    case 'release': return readRelease(value)
    case 'status': return readStatus(value)
    case 'endorse': return readEndorse(value)
    case 'advisory': return readAdvisory(value)
    default: return refuse('type', 'the op is of an unknown type')
  }
}
