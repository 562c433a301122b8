import { z } from 'zod'
import { type AskedRegistries, GgenError, type OneRegistry, parseRegistryAddress } from '#core'

const address = z.string().transform((text, context) => {
  try {
    return parseRegistryAddress(text)
  } catch (error) {
    if (!(error instanceof GgenError)) throw error
    context.addIssue({ code: 'custom', message: error.message })
    return z.NEVER
  }
})

/** Who alone is to be told of something. */
export const oneRegistry: z.ZodType<OneRegistry> = z.union([z.literal(['p2p', 'central']), z.strictObject({ url: address })])

/** Whom a question is to be asked of. */
export const registries: z.ZodType<AskedRegistries> = z.union([oneRegistry, z.strictObject({ prefer: z.enum(['central-first', 'p2p-first']) })])
