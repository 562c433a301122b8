import { createHash } from 'node:crypto'
import { GgenError, LIMITS } from '#core'
import type { PackageQuery } from './package-search.ts'

/** Where a page ended. */
export interface SearchPlace {
  /** The time for which the first page was answered, Unix seconds. */
  readonly now: number
  /** The score of the last hit, or its date (Unix seconds), or 0, as the order wants it. */
  readonly rank: number
  readonly name: string
  readonly identity: string
}

const VERSION = 1
const CURSOR = /^[\w-]+$/

/** The opaque text of a place in the answer to a query. */
export const encodeCursor = (query: PackageQuery, { now, rank, name, identity }: SearchPlace): string =>
  Buffer.from(JSON.stringify([VERSION, fingerprintOf(query), now, rank, name, identity])).toString('base64url')

/** The place that the cursor of a query means; throws `query-invalid` for one of another query, or of none. */
export const decodeCursor = (query: PackageQuery, cursor: string): SearchPlace => {
  const [version, fingerprint, now, rank, name, identity] = fieldsOf(cursor)
  if (version !== VERSION || fingerprint !== fingerprintOf(query)) throw notItsCursor()
  if (!Number.isSafeInteger(now) || !Number.isFinite(rank) || typeof name !== 'string' || typeof identity !== 'string') throw notItsCursor()
  return { now: now as number, rank: rank as number, name, identity }
}

const fieldsOf = (cursor: string): readonly unknown[] => {
  if (cursor.length > LIMITS.cursorChars || !CURSOR.test(cursor)) throw notItsCursor()
  try {
    const fields: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(fields) ? fields : []
  } catch (error) {
    throw notItsCursor(error)
  }
}

const notItsCursor = (cause?: unknown): GgenError =>
  new GgenError('query-invalid', 'this cursor does not belong to this query', { cause, hint: 'give the query that it came with, or leave the cursor out' })

/** The same for all pages: `limit` and `now` may differ. */
const fingerprintOf = (query: PackageQuery): string => {
  const { words, order, category, tags, author, license, publisher, kind, scripts, since } = query
  const asked = [words, order, category, tags, author, license, publisher, kind, scripts, since].map((value) => value ?? 0)
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 16)
}
