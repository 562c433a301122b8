import { type Digest, NPM_LIMITS } from '#core'
import { type KeptArchive, type KeptArchives, type KeptFor, storeClosed, tooManyKept } from '#store'
import type { Database } from './database.ts'

const INSERT = `INSERT INTO kept_archives (reason, digest, sha512, bytes, since) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET since = excluded.since`

/** Archives of npm packages that stay, in a table; which blobs those are is read once and then known. */
export class KeptArchivesTable implements KeptArchives {
  readonly #database: Database
  #digests: ReadonlySet<Digest> | undefined

  constructor(database: Database) {
    this.#database = database
  }

  put(reason: string, archives: readonly KeptArchive[], since: number): void {
    this.#change(() => {
      this.#database.run('DELETE FROM kept_archives WHERE reason = ?', reason)
      for (const archive of archives) this.#insert(reason, archive, since)
    })
  }

  add(reason: string, archive: KeptArchive, since: number): void {
    this.#change(() => {
      this.#insert(reason, archive, since)
      this.#database.run('UPDATE kept_archives SET since = ? WHERE reason = ?', since, reason)
    })
  }

  drop(reason: string): boolean {
    this.forget()
    return this.#database.run('DELETE FROM kept_archives WHERE reason = ?', reason) > 0
  }

  reasons(): readonly KeptFor[] {
    const sql = 'SELECT reason, count(*) AS archives, sum(bytes) AS bytes, max(since) AS since FROM kept_archives GROUP BY reason ORDER BY reason'
    return this.#database.all<KeptFor>(sql).map((row) => ({ ...row }))
  }

  has(digest: Digest): boolean {
    if (this.#database.isClosed) throw storeClosed()
    this.#digests ??= new Set(this.#database.all<{ digest: Digest }>('SELECT DISTINCT digest FROM kept_archives').map((row) => row.digest))
    return this.#digests.has(digest)
  }

  /** Reads the digests again when they are asked for: something changed, or was taken back. */
  forget(): void {
    this.#digests = undefined
  }

  #insert(reason: string, { digest, sha512, sizeBytes }: KeptArchive, since: number): void {
    this.#database.run(INSERT, reason, digest, sha512, sizeBytes, since)
  }

  #change(work: () => void): void {
    this.forget()
    this.#database.transact(() => {
      work()
      const { count } = this.#database.get<{ count: number }>('SELECT count(*) AS count FROM kept_archives') ?? { count: 0 }
      if (count > NPM_LIMITS.keptArchives) throw tooManyKept()
    })
  }
}
