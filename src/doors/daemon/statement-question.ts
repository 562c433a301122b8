import { z } from 'zod'
import {
  ENDORSEMENT_LEVELS, type IdentityId, isOpId, isPackageName, isTagName, isVersion, LIMITS, type PublicKey, type ReleaseKey, type Role, type RolesChange,
  SEVERITIES, type Statement, STATUS_STATES,
} from '#core'

const ROLE_KEYS = 16
const RELEASE_KEYS = 32
const GLOBS = 32
const DOMAINS = 8
const NEED = 8
const SECONDS = 2 ** 40

const publicKey = z.string().regex(/^ed01[0-9a-f]{64}$/, 'not a public key').transform((text) => text as PublicKey)
const packageName = z.string().refine(isPackageName, 'not a package name')
const version = z.string().refine(isVersion, 'not a version')
const count = z.int().min(0).max(NEED)

const role: z.ZodType<Role> = z.strictObject({ keys: z.array(publicKey).max(ROLE_KEYS), need: z.int().min(0).max(ROLE_KEYS) })

const releaseKey: z.ZodType<ReleaseKey> = z.strictObject({
  key: publicKey,
  names: z.array(z.string()).max(GLOBS),
  expires: z.int().min(0).max(SECONDS).exactOptional(),
  auto: z.boolean().exactOptional(),
  label: z.string().exactOptional(),
})

const revokedKey = z.strictObject({ key: publicKey, notMine: z.array(z.strictObject({ name: packageName, version })) })

const change: z.ZodType<RolesChange> = z.strictObject({
  root: role.exactOptional(),
  recovery: role.exactOptional(),
  add: z.array(releaseKey).max(RELEASE_KEYS).exactOptional(),
  revoke: z.array(revokedKey).max(RELEASE_KEYS).exactOptional(),
  need: count.exactOptional(),
  human: count.exactOptional(),
  domains: z.array(z.string()).max(DOMAINS).exactOptional(),
})

const status = z.strictObject({
  type: z.literal('status'),
  name: packageName,
  version: z.union([z.literal('*'), version]),
  state: z.enum(STATUS_STATES),
  why: z.string().max(LIMITS.reasonChars).exactOptional(),
  tag: z.strictObject({ name: z.string().refine(isTagName, 'not a tag'), version: version.exactOptional() }).exactOptional(),
})

const identity = z.string().refine(isOpId, 'not an identity').transform((text) => text as IdentityId)
const why = z.string().max(LIMITS.reasonChars).exactOptional()

const endorse = z.strictObject({
  type: z.literal('endorse'),
  target: identity,
  names: z.array(packageName).max(LIMITS.endorsedNames),
  level: z.enum(ENDORSEMENT_LEVELS),
  why,
  expires: z.int().min(0).max(SECONDS).exactOptional(),
})

const advisory = z.strictObject({
  type: z.literal('advisory'),
  target: identity,
  name: packageName,
  range: z.string().min(1).max(LIMITS.rangeChars),
  severity: z.enum(SEVERITIES),
  why,
  ref: z.string().max(LIMITS.referenceChars).exactOptional(),
  fix: version.exactOptional(),
})

/** What a publisher says; what only the record's own reader knows (globs, host names, thresholds) is judged there. */
export const statement: z.ZodType<Statement> = z.discriminatedUnion('type', [
  status, z.strictObject({ type: z.literal('roles'), change }), endorse, advisory,
])
