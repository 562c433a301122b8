import { z } from 'zod'
import {
  type Digest, GgenError, type IdentityId, isOpId, isPackageName, isVersion, LIMITS, parseDigest, parsePackageSpec,
} from '#core'
import type { PlanRequest } from '#marketplace'
import { registries } from './registries-question.ts'

const SPEC_CHARS = LIMITS.nameChars + LIMITS.rangeChars + 64

const identity = z.string().refine(isOpId, 'not an identity').transform((text) => text as IdentityId)
const packageName = z.string().refine(isPackageName, 'not a package name')
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'not a digest').transform((text): Digest => parseDigest(text))

const question = z.strictObject({
  wanted: z
    .array(z.strictObject({ spec: z.string().max(SPEC_CHARS), trust: identity.exactOptional(), optional: z.boolean().exactOptional() }))
    .max(LIMITS.planWishes),
  locked: z
    .array(z.strictObject({ name: packageName, version: z.string().refine(isVersion, 'not a version'), identity, digest }))
    .max(LIMITS.planPackages),
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
