import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { IdentityId, PackageName } from '#core'
import { type CatalogueEntry, entryTerms, indexTerms, type NamePage, spellingOf } from '#store'
import type { Database } from './database.ts'
import { ENTRY_COLUMNS, entryOf, type EntryRow } from './entry-rows.ts'
import { isMalformed } from './storage-errors.ts'

const BY_NAME = `SELECT ${ENTRY_COLUMNS} FROM entries WHERE name = ? ORDER BY identity`
const UNDER = `SELECT ${ENTRY_COLUMNS} FROM entries WHERE name >= ? AND name < ? ORDER BY name, identity LIMIT ?`
const NEWEST = `SELECT ${ENTRY_COLUMNS} FROM entries ORDER BY at DESC, name, identity LIMIT ?`
const OLDEST = 'SELECT key, name FROM entries WHERE key > ? ORDER BY key LIMIT ?'
const ONE = `SELECT key, ${ENTRY_COLUMNS} FROM entries WHERE name = ? AND identity = ?`
const INSERT = `INSERT INTO entries (spelling, ${ENTRY_COLUMNS}) VALUES (?${', ?'.repeat(ENTRY_COLUMNS.split(',').length)})`
const UPDATE =
  'UPDATE entries SET version = ?, digest = ?, title = ?, description = ?, tags = ?, category = ?, license = ?, author = ?, kind = ?, scripts = ?, ' +
  'deprecated = ?, at = ?, known = ?, op = ? WHERE key = ?'

/**
 * The writing side of the entries that search shows, and of the full-text index over them. Its methods are part of the caller's transaction.
 * Their statements change one row by its key and have no RETURNING: SQLite runs every other kind in a savepoint of its own, and each savepoint
 * makes the full-text index write out what it has gathered, which takes several times as long as all the rest.
 */
export class SearchIndex {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Adds or replaces an entry. One that was there keeps its place, and since when it is known. */
  put(entry: CatalogueEntry): void {
    const before = this.#database.get<EntryRow & { key: number }>(ONE, entry.name, entry.identity)
    if (before === undefined) return this.#insert(entry)
    const { version, digest, at, op } = entry
    this.#database.run(UPDATE, version, digest, ...texts(entry), Number(entry.deprecated), at, Math.min(entry.known, before.known), op, before.key)
    // Most new versions are described like the one before. A change to an older row makes the index write out what it has gathered.
    const old = this.#entryOf(before)
    if (isDeepStrictEqual(texts(old), texts(entry))) return
    const terms = termsOf(entry)
    if (termsOf(old) === terms) return
    this.#database.run('DELETE FROM words WHERE rowid = ?', before.key)
    this.#database.run('INSERT INTO words (rowid, terms) VALUES (?, ?)', before.key, terms)
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
    return this.#entries(BY_NAME, name)
  }

  /** In the order of names, then identities. */
  under(prefix: string, limit: number): CatalogueEntry[] {
    assert(Number.isSafeInteger(limit) && limit >= 0, 'a limit is a whole number')
    return this.#entries(UNDER, prefix, `${prefix}\u{10ffff}`, limit)
  }

  /** By their publishers' clocks, newest first. */
  newest(limit: number): CatalogueEntry[] {
    assert(Number.isSafeInteger(limit) && limit >= 0, 'a limit is a whole number')
    return this.#entries(NEWEST, limit)
  }

  /** In the order in which this node heard of their packages. */
  oldestNames(after: number, limit: number): NamePage {
    assert(Number.isSafeInteger(limit) && limit >= 0, 'a limit is a whole number')
    const rows = this.#database.all<{ key: number; name: PackageName }>(OLDEST, after, limit)
    return { names: rows.map(({ name }) => name), last: rows.at(-1)?.key ?? after }
  }

  #insert(entry: CatalogueEntry): void {
    const { name, identity, version, digest, at, known, op } = entry
    const terms = entryTerms(entry)
    const key = this.#database.insert(
      INSERT, spellingOf(terms.name), name, identity, version, digest, ...texts(entry), Number(entry.deprecated), at, known, op,
    )
    this.#database.run('INSERT INTO words (rowid, terms) VALUES (?, ?)', key, indexTerms(terms).join(' '))
  }

  #entries(sql: string, ...values: (string | number)[]): CatalogueEntry[] {
    return this.#database.all<EntryRow>(sql, ...values).map((row) => this.#entryOf(row))
  }

  #entryOf(row: EntryRow): CatalogueEntry {
    try {
      return entryOf(row)
    } catch (error) {
      if (!isMalformed(error)) throw error
      throw this.#database.damage(`the entry of ${row.name}`)
    }
  }
}

const termsOf = (entry: CatalogueEntry): string => indexTerms(entryTerms(entry)).join(' ')

/** Columns from `title` to `scripts`. */
const texts = ({ title, description, tags, category, license, author, kind, scripts }: CatalogueEntry): (string | number)[] => [
  title, description, JSON.stringify(tags), category, license, author, kind, Number(scripts),
]
