import assert from 'node:assert/strict'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { GgenError } from '#core'
import { storeClosed } from '#store'
import { flushFolderNow, hasCode, PRIVATE_FILE, PRIVATE_FOLDER } from './file-system.ts'
import { damagedContent, databaseError, fileError, isMalformed } from './storage-errors.ts'

/** What a kind of database file is, and how it came to be so. */
export interface Schema {
  /** Four ASCII letters in the header of the file, so that no other database is taken for this one. */
  readonly applicationId: number
  /** SQL scripts; the version of a file is how many of them it has seen. Never changed once released, only added to. */
  readonly migrations: readonly string[]
  /** `FULL`: every commit survives a power failure. `NORMAL`: the last ones may be lost, the file stays sound. */
  readonly synchronous: 'FULL' | 'NORMAL'
  /** A file of more bytes is not looked through when it is opened: that takes longer than a start may, and damage shows in use as well. */
  readonly checkedBytes?: number
  /** What to do when the file is broken. */
  readonly hint: string
}

export interface DatabaseOptions {
  /** Called before an error is thrown that says that the bytes in the file are no sound database. */
  readonly onDamage?: () => void
}

const BUSY_TIMEOUT_MS = 2000
/** Pages of the log after which it is emptied into the file: catching up would otherwise wait for the disk twice a second. */
const CHECKPOINT_PAGES = 8192
/** SQLite's own default is so small that catching up in a large catalogue reads the same pages over and over. */
const CACHE_KIBIBYTES = 6 * 1024
/** What the write-ahead log keeps of the disk once it was emptied. */
const JOURNAL_SIZE_BYTES = 64 * 1024 * 1024

/** One SQLite file: prepared statements are kept, transactions nest, and every error that leaves is a coded one. */
export class Database implements Disposable {
  readonly #path: string
  readonly #hint: string
  readonly #options: DatabaseOptions
  readonly #connection: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #depth = 0
  #isSpoiled = false
  #closed = false

  /**
   * Opens a file, or makes it, readable by its owner alone. Throws `store-broken` (with `details.malformed` when the bytes are no sound
   * database), `disk-full` or `too-busy`.
   */
  static open(path: string, schema: Schema, options: DatabaseOptions = {}): Database {
    try {
      createPrivateFile(path)
      return new Database(path, schema, options)
    } catch (error) {
      throw databaseError(fileError(error, path), path, schema.hint)
    }
  }

  private constructor(path: string, schema: Schema, options: DatabaseOptions) {
    this.#path = path
    this.#hint = schema.hint
    this.#options = options
    this.#connection = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true })
    try {
      this.#prepareFile(schema)
    } catch (error) {
      this.#connection.close()
      throw error
    }
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** The first row, with a property per column that the SQL names. */
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#run(sql, (statement) => statement.get(...values)) as Row | undefined
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#run(sql, (statement) => statement.all(...values)) as Row[]
  }

  /** Runs a statement that changes something; returns how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#run(sql, (statement) => statement.run(...values)).changes)
  }

  /** Runs an INSERT; returns the row id of what was inserted last. */
  insert(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#run(sql, (statement) => statement.run(...values)).lastInsertRowid)
  }

  /** Runs `work` in a transaction, or in a part of the one that is open that can be taken back alone; what throws changes nothing. */
  transact<T>(work: () => T): T {
    this.settle()
    return this.#within('transact', work)
  }

  /**
   * As `transact`, but what would be a transaction of its own stays open for the next such work, until `settle` or `transact`: a commit writes
   * every page that changed, and many works change the same ones. What throws takes back all that is open.
   */
  gather<T>(work: () => T): T {
    return this.#within('gather', work)
  }

  /** Commits what was gathered, with `last` as a part of it; what throws takes all of it back. Does nothing when nothing was gathered. */
  settle(last: () => void = () => undefined): void {
    if (!this.#closed && this.#depth === 0 && this.#connection.isTransaction) this.#within('transact', last)
  }

  /**
   * Runs `work` in a transaction of its own, or as a part of the open one without a way back: when it throws, that one can only be taken
   * back. For single changes, because every savepoint makes the full-text index write out what it has gathered.
   */
  join<T>(work: () => T): T {
    if (this.#depth === 0) return this.transact(work)
    try {
      return work()
    } catch (error) {
      this.#isSpoiled = true
      throw error
    }
  }

  /** What to throw when rows contradict each other: the file counts as damaged, as if SQLite had found it. */
  damage(what: string): GgenError {
    this.#options.onDamage?.()
    return damagedContent(what, this.#hint)
  }

  [Symbol.dispose](): void {
    if (this.#closed) return
    this.#closed = true
    this.#statements.clear()
    this.#connection.close()
  }

  #within<T>(kind: 'transact' | 'gather', work: () => T): T {
    const depth = this.#depth
    if (depth > 0) this.run(`SAVEPOINT level${depth}`)
    else if (this.#closed || !this.#connection.isTransaction) this.run('BEGIN IMMEDIATE')
    this.#depth += 1
    try {
      const result = work()
      assert(!(result instanceof Promise), 'a transaction is synchronous')
      if (depth > 0) this.run(`RELEASE level${depth}`)
      else if (kind === 'transact') this.run('COMMIT')
      return result
    } catch (error) {
      this.#takeBack(depth)
      throw error
    } finally {
      this.#depth = depth
    }
  }

  #run<T>(sql: string, work: (statement: StatementSync) => T): T {
    if (this.#closed) throw storeClosed()
    if (this.#depth > 0 && (this.#isSpoiled || !this.#connection.isTransaction)) {
      throw new GgenError('store-broken', `a transaction on ${this.#path} cannot go on after an error`, { hint: this.#hint })
    }
    try {
      return work(this.#statement(sql))
    } catch (error) {
      const coded = databaseError(error, this.#path, this.#hint)
      if (isMalformed(coded)) this.#options.onDamage?.()
      throw coded
    }
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#connection.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  /** SQLite itself takes everything back after some errors, such as a full disk. */
  #takeBack(depth: number): void {
    this.#isSpoiled = false
    if (this.#closed || !this.#connection.isTransaction) return
    if (depth === 0) {
      this.run('ROLLBACK')
      return
    }
    this.run(`ROLLBACK TO level${depth}`)
    this.run(`RELEASE level${depth}`)
  }

  /** Looks whose file it is before changing anything in it. */
  #prepareFile({ applicationId, migrations, synchronous, checkedBytes = Infinity }: Schema): void {
    const version = this.#versionOf(applicationId)
    if (version > migrations.length) throw this.#refuse('was written by a later version of ggen', { hint: 'use that version, or another home folder' })
    this.#connection.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${synchronous};
      PRAGMA fullfsync = ON;
      PRAGMA journal_size_limit = ${JOURNAL_SIZE_BYTES};
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
      PRAGMA cache_size = -${CACHE_KIBIBYTES};
    `)
    if (this.#sizeBytes() <= checkedBytes) this.#checkTables()
    if (version === migrations.length) return
    this.transact(() => {
      for (const migration of migrations.slice(version)) this.#connection.exec(migration)
      this.#connection.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}`)
    })
  }

  /** Not through the virtual tables: a full-text index takes twice as long to check as everything else. */
  #checkTables(): void {
    const tables = this.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")
    for (const { name } of tables) {
      const report = this.get<{ quick_check: string }>(`PRAGMA quick_check("${name.replaceAll('"', '""')}")`)?.quick_check
      if (report !== 'ok') throw this.#refuse(`is damaged: ${report}`, { hint: this.#hint, malformed: true })
    }
  }

  #sizeBytes(): number {
    const size = this.get<{ bytes: number }>('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size')
    return size?.bytes ?? 0
  }

  /** How many migrations the file has seen; 0 for an empty one. */
  #versionOf(applicationId: number): number {
    const id = this.get<{ application_id: number }>('PRAGMA application_id')?.application_id
    if (id === applicationId) return this.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0
    const tables = this.get<{ count: number }>('SELECT count(*) AS count FROM sqlite_schema')?.count
    if (id !== 0 || tables !== 0) throw this.#refuse('is the database of another program', { hint: 'move that file away, or use another home folder' })
    return 0
  }

  #refuse(problem: string, { hint, ...details }: { readonly hint: string; readonly malformed?: true }): GgenError {
    return new GgenError('store-broken', `${this.#path} ${problem}`, { hint, details: { path: this.#path, ...details } })
  }
}

/** SQLite gives its log and shared-memory files the permissions of the database. */
const createPrivateFile = (path: string): void => {
  mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER })
  try {
    closeSync(openSync(path, 'wx', PRIVATE_FILE))
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return
    throw error
  }
  flushFolderNow(dirname(path))
}
