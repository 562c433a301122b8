import { GgenError, isGgenError } from '#core'
import type { z } from 'zod'

/** A file that several processes read and change. */
export interface TokenFile {
  readonly path: string
  /** As it was written; `undefined` when there is none yet. */
  readonly read: () => Promise<Uint8Array | undefined>
  /** Throws `conflict` when there is one already. Durable when it resolves. */
  readonly create: (bytes: Uint8Array) => Promise<void>
  /** Puts `after` in the place of `before`. Throws `conflict` when something else is there by now, `too-busy` while somebody else replaces it. */
  readonly replace: (before: Uint8Array, after: Uint8Array) => Promise<void>
}

const TRIES = 5

/** Changes what is there, `undefined` for nothing: two who do so at the same time both succeed, one after the other. Throws what `change` throws. */
export const changeFile = async (file: TokenFile, change: (before: Uint8Array | undefined) => Uint8Array): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    const before = await file.read()
    const after = change(before)
    try {
      await (before === undefined ? file.create(after) : file.replace(before, after))
      return
    } catch (error) {
      const isRace = isGgenError(error, 'conflict') || isGgenError(error, 'too-busy')
      if (!isRace || tries >= TRIES) throw error
    }
  }
}

/** The JSON in a file. Throws `store-broken` where it is of another form, with what to do. */
export const readJson = <T>(bytes: Uint8Array, schema: z.ZodType<T>, { path, hint }: { readonly path: string; readonly hint: string }): T => {
  const result = schema.safeParse(parsed(bytes))
  if (result.success) return result.data
  throw new GgenError('store-broken', `${path} does not hold what it should`, { cause: result.error, hint, details: { path } })
}

const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** What a file holds of a value. */
export const writeJson = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`)
