import type { CatalogueEntry } from '#store'
import { CATALOGUE_SCHEMA } from './catalogue-schema.ts'
import { damagedContent } from './storage-errors.ts'

/** An entry as its table holds it. */
export interface EntryRow extends Omit<CatalogueEntry, 'tags' | 'scripts' | 'deprecated'> {
  /** A JSON list of texts. */
  readonly tags: string
  /** 0 or 1. */
  readonly scripts: number
  /** 0 or 1. */
  readonly deprecated: number
}

/** What of a row makes an entry. */
export const ENTRY_COLUMNS =
  'name, identity, version, digest, title, description, tags, category, license, author, kind, scripts, deprecated, at, known, op'

/** Throws `store-broken` when the row holds what nobody put there. */
export const entryOf = ({ tags, scripts, deprecated, ...row }: EntryRow): CatalogueEntry => {
  try {
    return { ...row, tags: JSON.parse(tags) as string[], scripts: scripts !== 0, deprecated: deprecated !== 0 }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw damagedContent(`the entry of ${row.name}`, CATALOGUE_SCHEMA.hint)
  }
}
