import { type DomainAnswer, type DomainClaim, type IdentityId, isOpId, isPackageName, LIMITS } from '#core'
import { domainOf } from './domain-of.ts'

const malformed = (why: string): DomainAnswer => ({ state: 'malformed', why })

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

const hasExactly = (value: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean =>
  Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key))

const claimOf = (prefix: unknown, identity: unknown): DomainClaim | undefined => {
  if (typeof prefix !== 'string' || typeof identity !== 'string' || !isPackageName(prefix) || !isOpId(identity)) return undefined
  return domainOf(prefix) === undefined ? undefined : { prefix, identity: identity as IdentityId }
}

/** The claims that are about this domain: one file may serve several. */
const found = (claims: readonly DomainClaim[], domain: string): DomainAnswer => {
  const own = claims.filter(({ prefix }) => domainOf(prefix) === domain)
  if (own.length > LIMITS.domainClaims) return malformed(`it has more than ${LIMITS.domainClaims} claims`)
  if (new Set(own.map(({ prefix }) => prefix)).size < own.length) return malformed('it names a prefix twice')
  return { state: 'found', claims: own }
}

/**
 * Reads what `https://DOMAIN/.well-known/ggen.json` holds: `{"v":1,"claims":[{"prefix":"io.ggen","identity":"bafyrei…"}]}`, no other keys, at most
 * `LIMITS.domainRecordBytes`.
 */
export const readWellKnown = (text: string, domain: string): DomainAnswer => {
  if (Buffer.byteLength(text) > LIMITS.domainRecordBytes) return malformed(`it has more than ${LIMITS.domainRecordBytes} bytes`)
  const record = parseJson(text)
  if (!isObject(record) || !hasExactly(record, ['v', 'claims'])) return malformed('it is not JSON of the form {"v":1,"claims":[…]}')
  if (record['v'] !== 1) return malformed('its "v" is not 1')
  if (!Array.isArray(record['claims'])) return malformed('its "claims" are not a list')
  const claims = record['claims'].map((claim: unknown) =>
    isObject(claim) && hasExactly(claim, ['prefix', 'identity']) ? claimOf(claim['prefix'], claim['identity']) : undefined)
  const sound = claims.filter((claim) => claim !== undefined)
  return sound.length < claims.length ? malformed('a claim is not {"prefix":"io.example","identity":"bafyrei…"}') : found(sound, domain)
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const OURS = /^\s*ggen\s*=/
const FIELD = /^([a-z]+)=(\S+)$/

const claimOfTxt = (text: string): DomainClaim | undefined => {
  if (text.length > LIMITS.domainTxtChars) return undefined
  const fields = text.split(';').map((field) => FIELD.exec(field.trim()))
  const values = new Map(fields.map((field) => [field?.[1], field?.[2]]))
  return fields.length === 3 && values.get('ggen') === 'v1' ? claimOf(values.get('prefix'), values.get('id')) : undefined
}

/** Reads the TXT records of `_ggen.DOMAIN`, each `ggen=v1; id=bafyrei…; prefix=io.ggen`. Records of other programs do not count. */
export const readTxtRecords = (texts: readonly string[], domain: string): DomainAnswer => {
  if (texts.length > LIMITS.domainTxtRecords) return malformed(`there are more than ${LIMITS.domainTxtRecords} records`)
  const ours = texts.filter((text) => OURS.test(text))
  if (ours.length === 0) return { state: 'absent' }
  const claims = ours.map(claimOfTxt).filter((claim) => claim !== undefined)
  return claims.length < ours.length ? malformed('a record is not "ggen=v1; id=bafyrei…; prefix=io.example"') : found(claims, domain)
}
