import { isAbsolute } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { GgenError } from '#core'
import { type BundleQuestion, type BundleReply, ROUTES, type TakeBundleQuestion, type TakenBundleReply } from '#doors/control'
import type { Works } from '#doors/http'
import type { BundleView } from './bundle-view.ts'

const PATH_CHARS = 4096
/** Lock files of a large project have some millions of bytes. */
const BODY_BYTES = 80 * 1024 * 1024

const path = z.string().max(PATH_CHARS).refine((text) => isAbsolute(text) && !text.includes('\0'), 'not an absolute path')

const make = z.strictObject({ lockfiles: z.array(z.strictObject({ path: z.string().max(PATH_CHARS), text: z.string() })), path, withPrivate: z.boolean() })

const take = z.strictObject({ path, trustKeys: z.boolean() })

const read = <T>(schema: z.ZodType<T>, body: unknown): T => {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new GgenError('usage', `${(issue?.path ?? []).map(String).join('.') || 'the body'}: ${issue?.message ?? 'not understood'}`)
}

const here = (bundles: BundleView | undefined): BundleView => {
  if (bundles !== undefined) return bundles
  throw new GgenError('usage', 'this node makes no bundles, and takes none')
}

/** The routes by which packages go into a file and come out of one. */
export const addBundleRoutes = (app: FastifyInstance, bundles: BundleView | undefined, works: Works): void => {
  app.post(ROUTES.bundleMake, { bodyLimit: BODY_BYTES }, (request, reply): Promise<BundleReply> => {
    const question: BundleQuestion = read(make, request.body)
    return works.run(reply.raw, async (signal) => await here(bundles).make(question, signal))
  })
  app.post(ROUTES.bundleTake, (request, reply): Promise<TakenBundleReply> => {
    const question: TakeBundleQuestion = read(take, request.body)
    return works.run(reply.raw, async (signal) => await here(bundles).take(question, signal))
  })
}
