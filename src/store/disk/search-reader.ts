import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { CATALOGUE_SCHEMA } from './catalogue-schema.ts'
import { databaseError } from './storage-errors.ts'

/**
 * Enough for the upper levels of every tree; the rest is in the system's own cache. Mapped, reading would be a tenth quicker, and the node would
 * seem to take as much memory as its catalogue has bytes.
 */
const CACHE_KIBIBYTES = 8 * 1024
const BUSY_TIMEOUT_MS = 2000

/** A connection of its own to a catalogue that another one writes: sees what was committed, changes nothing, waits for nobody. */
export class SearchReader implements Disposable {
  readonly #path: string
  readonly #connection: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  /** Throws `store-broken`. */
  constructor(path: string) {
    this.#path = path
    this.#connection = this.#coded(() => new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS }))
    this.#coded(() => this.#connection.exec(`
      PRAGMA cache_size = -${CACHE_KIBIBYTES};
      PRAGMA temp_store = MEMORY;
      CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab (main, words, row);
    `))
  }

  /** All rows, with a property per column that the SQL names. Throws `store-broken`, with `details.malformed` when the file is damaged. */
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#coded(() => {
      const statement = this.#statement(sql)
      statement.setReturnArrays(false)
      return statement.all(...values)
    }) as Row[]
  }

  /** All rows as lists of their columns: quicker than rows with names. */
  lists<List extends readonly unknown[]>(sql: string, ...values: SQLInputValue[]): List[] {
    return this.#coded(() => {
      const statement = this.#statement(sql)
      statement.setReturnArrays(true)
      return statement.all(...values)
    }) as unknown as List[]
  }

  /** The first column of all rows. */
  column<Value>(sql: string, ...values: SQLInputValue[]): Value[] {
    return this.lists<readonly [Value]>(sql, ...values).map(([value]) => value)
  }

  [Symbol.dispose](): void {
    this.#statements.clear()
    this.#connection.close()
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#connection.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  #coded<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw databaseError(error, this.#path, CATALOGUE_SCHEMA.hint)
    }
  }
}
