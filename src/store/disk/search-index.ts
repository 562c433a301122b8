import assert from 'node:assert/strict'
import { type IdentityId, LIMITS, type PackageName } from '#core'
import { type CatalogueEntry, type CatalogueQuery, entryFacets, queryTerms, tokenize } from '#store'
import type { Database } from './database.ts'

interface EntryRow extends Omit<CatalogueEntry, 'tags'> {
  /** A JSON list of texts. */
  readonly tags: string
}

const COLUMNS = 'identity, name, version, digest, title, description, tags, category, license, author, at, op'
const BY_NAME = `SELECT ${COLUMNS} FROM entries WHERE name = ? ORDER BY identity`
const NEWEST = `SELECT ${COLUMNS} FROM entries ORDER BY key DESC LIMIT ?`
/** The full-text query runs alone: joined with other conditions the planner may turn it into a scan. */
const MATCHING = `SELECT ${COLUMNS} FROM entries WHERE key IN (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?) ORDER BY key DESC`

/**
 * The entries that search shows and the full-text index over them. Its methods are part of the caller's transaction. Their statements
 * change one row by its key and have no RETURNING: SQLite runs every other kind in a savepoint of its own, and each savepoint makes the
 * full-text index write out what it has gathered, which takes several times as long as all the rest.
 */
export class SearchIndex {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Adds or replaces an entry; it then stands before all others. */
  put(entry: CatalogueEntry): void {
    this.remove(entry.identity, entry.name)
    const { identity, name, version, digest, title, description, tags, category, license, author, at, op } = entry
    const key = this.#database.insert(
      `INSERT INTO entries (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      identity, name, version, digest, title, description, JSON.stringify(tags), category, license, author, at, op,
    )
    const columns = [name, title, tags.join(' '), category, author, description].map((text) => tokenize(text).join(' '))
    this.#database.run(
      'INSERT INTO words (rowid, name, title, tags, category, author, description, facets) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      key, ...columns, entryFacets(entry).join(' '),
    )
  }

  /** Fine when there is none. */
  remove(identity: IdentityId, name: PackageName): void {
    const entry = this.#database.get<{ key: number }>('SELECT key FROM entries WHERE name = ? AND identity = ?', name, identity)
    if (entry === undefined) return
    this.#database.run('DELETE FROM entries WHERE key = ?', entry.key)
    this.#database.run('DELETE FROM words WHERE rowid = ?', entry.key)
  }

  /** In the order of their identities. */
  named(name: PackageName): CatalogueEntry[] {
    return this.#database.all<EntryRow>(BY_NAME, name).map((row) => this.#entryOf(row))
  }

  /** As `Catalogue.match`. */
  match(query: CatalogueQuery): CatalogueEntry[] {
    assert(Number.isSafeInteger(query.limit) && query.limit >= 0, 'a limit is a whole number')
    const terms = queryTerms(query)
    const limit = Math.min(query.limit, LIMITS.searchCandidates)
    if (terms === undefined) return []
    const conditions = [...terms.words.map((word) => `"${word}"*`), ...terms.facets.map((facet) => `"${facet}"`)]
    const rows = conditions.length === 0 ? this.#database.all<EntryRow>(NEWEST, limit) : this.#database.all<EntryRow>(MATCHING, conditions.join(' AND '), limit)
    return rows.map((row) => this.#entryOf(row))
  }

  #entryOf({ tags, ...row }: EntryRow): CatalogueEntry {
    try {
      return { ...row, tags: JSON.parse(tags) as string[] }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      throw this.#database.damage(`the entry of ${row.name}`)
    }
  }
}
