import { z } from 'zod'
import {
  type Digest, GgenError, type IdentityId, isOpId, isPackageName, isVersion, LIMITS, parseDigest, parsePackageSpec, type Sha512,
} from '#core'
import type { PlanRequest } from '#marketplace'
import { registries } from './registries-question.ts'

const SPEC_CHARS = LIMITS.nameChars + LIMITS.rangeChars + 64

const identity = z.string().refine(isOpId, 'not an identity').transform((text) => text as IdentityId)
const packageName = z.string().refine(isPackageName, 'not a package name')
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'not a digest').transform((text): Digest => parseDigest(text))

const sha512 = z.string().regex(/^[0-9a-f]{128}$/, 'not a hash').transform((text) => text as Sha512)
const version = z.string().refine(isVersion, 'not a version')
const source = z.string().min(1).max(LIMITS.referenceChars)
const need = z.strictObject({ name: packageName, range: z.string().max(LIMITS.rangeChars) })

const locked = z.union([
  z.strictObject({ name: packageName, version, identity, digest }),
  z.strictObject({
    name: packageName, version, source, digest, sha512, sizeBytes: z.int().min(0).max(LIMITS.archiveBytes),
    dependencies: z.array(need).max(LIMITS.planDependencies),
  }),
])

const question = z.strictObject({
  wanted: z
    .array(z.strictObject({ spec: z.string().max(SPEC_CHARS), trust: identity.exactOptional(), optional: z.boolean().exactOptional() }))
    .max(LIMITS.planWishes),
  locked: z.array(locked).max(LIMITS.planPackages),
  update: z.union([z.literal('all'), z.array(packageName).max(LIMITS.planPackages)]).exactOptional(),
  offline: z.boolean().exactOptional(),
  acceptDowngrade: z.boolean().exactOptional(),
  acceptAdvisory: z.boolean().exactOptional(),
  registries: registries.exactOptional(),
})

/** Reads the body of `POST /v1/plan`. Throws `usage`, and of specs `name-invalid` and `range-invalid`. */
export const readPlanQuestion = (body: unknown): PlanRequest => {
  const result = question.safeParse(body)
  if (!result.success) {
    const issue = result.error.issues[0]
    const place = (issue?.path ?? []).map(String).join('.')
    throw new GgenError('usage', `${place === '' ? 'the body' : place}: ${issue?.message ?? 'not understood'}`)
  }
  return { ...result.data, wanted: result.data.wanted.map(({ spec, ...more }) => ({ spec: parsePackageSpec(spec), ...more })) }
}
