import { GgenError, parseIdentityId } from '#core'
import type { SearchQuery } from '#marketplace'
import type { z } from 'zod'
import { publishQuestion, searchQuestion } from './protocol.ts'

const read = <T>(schema: z.ZodType<T>, given: unknown, what: string): T => {
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const place = (issue?.path ?? []).map(String).join('.')
  throw new GgenError('usage', `${place === '' ? what : place}: ${issue?.message ?? 'not understood'}`, { hint: 'see GET /openapi.json' })
}

const commas = (text: string): readonly string[] => text.split(',').map((part) => part.trim()).filter((part) => part !== '')

/** The parameters of a search. Throws `usage`. */
export const readSearch = (given: unknown): SearchQuery => {
  const { q, tags, publisher, ...rest } = read(searchQuestion, given, 'the query')
  const by = publisher === undefined ? {} : { publisher: parseIdentityId(publisher) }
  return { ...rest, ...by, words: q === undefined ? [] : [q], ...(tags !== undefined && { tags: commas(tags) }) }
}

/** The records of a publish. Throws `usage`. */
export const readPublish = (given: unknown): readonly Uint8Array[] =>
  read(publishQuestion, given, 'the body').records.map((text) => Uint8Array.from(Buffer.from(text, 'base64')))
