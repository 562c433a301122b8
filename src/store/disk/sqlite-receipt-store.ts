import { type Digest, LIMITS, type Receipt } from '#core'
import type { ReceiptStore } from '#store'
import { Database } from './database.ts'
import { RECEIPTS_SCHEMA } from './receipts-schema.ts'

/** Opens the receipts in one SQLite file, or makes it. Throws `store-broken` when it is damaged or another program's, `disk-full` or `too-busy`. */
export const openReceiptStore = (path: string): ReceiptStore => new SqliteReceiptStore(Database.open(path, RECEIPTS_SCHEMA))

class SqliteReceiptStore implements ReceiptStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  put(receipt: Receipt): void {
    this.#database.transact(() => {
      const sql = 'INSERT OR REPLACE INTO receipts (digest, receipt) VALUES (?, ?)'
      const position = this.#database.insert(sql, receipt.digest, JSON.stringify(receipt))
      // A receipt that replaces another one leaves a gap in the order, so that a few less than the limit may be there.
      this.#database.run('DELETE FROM receipts WHERE position <= ?', position - LIMITS.receipts)
    })
  }

  find(digest: Digest): Receipt | undefined {
    const row = this.#database.get<{ receipt: string }>('SELECT receipt FROM receipts WHERE digest = ?', digest)
    return row && (JSON.parse(row.receipt) as Receipt)
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]()
  }
}
