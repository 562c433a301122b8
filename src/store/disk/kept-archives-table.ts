import { type Digest, NPM_LIMITS, type Sha512 } from '#core'
import { type KeptArchive, type KeptArchives, type KeptFor, type KeptTerms, storeClosed, tooManyKept } from '#store'
import type { Database } from './database.ts'

const INSERT = `INSERT INTO kept_archives (reason, digest, sha512, bytes, since, copies) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET since = excluded.since`

/** Archives of npm packages that stay, in a table; which blobs those are is read once and then known. */
export class KeptArchivesTable implements KeptArchives {
  readonly #database: Database
  #digests: ReadonlySet<Digest> | undefined

  constructor(database: Database) {
    this.#database = database
  }

  put(reason: string, archives: readonly KeptArchive[], terms: KeptTerms): void {
    this.#change(() => {
      this.#database.run('DELETE FROM kept_archives WHERE reason = ?', reason)
      for (const archive of archives) this.#insert(reason, archive, terms)
    })
  }

  add(reason: string, archives: readonly KeptArchive[], since: number): void {
    this.#change(() => {
      const { copies } = this.#database.get<{ copies: number }>('SELECT coalesce(max(copies), 0) AS copies FROM kept_archives WHERE reason = ?', reason)
        ?? { copies: 0 }
      for (const archive of archives) this.#insert(reason, archive, { since, copies })
    })
  }

  drop(reason: string): boolean {
    this.forget()
    return this.#database.run('DELETE FROM kept_archives WHERE reason = ?', reason) > 0
  }

  remove(reason: string, archives: readonly Sha512[]): void {
    this.forget()
    this.#database.run('DELETE FROM kept_archives WHERE reason = ? AND sha512 IN (SELECT value FROM json_each(?))', reason, JSON.stringify(archives))
  }

  lapse(prefix: string, before: number): void {
    this.forget()
    this.#database.run('DELETE FROM kept_archives WHERE substr(reason, 1, length(?)) = ? AND since < ?', prefix, prefix, before)
  }

  reasons(): readonly KeptFor[] {
    const sums = 'count(*) AS archives, sum(bytes) AS bytes, max(since) AS since, max(copies) AS copies'
    return this.#database.all<KeptFor>(`SELECT reason, ${sums} FROM kept_archives GROUP BY reason ORDER BY reason`).map((row) => ({ ...row }))
  }

  of(reason: string): readonly KeptArchive[] {
    const sql = 'SELECT digest, sha512, bytes AS sizeBytes FROM kept_archives WHERE reason = ? ORDER BY digest'
    return this.#database.all<KeptArchive>(sql, reason).map((row) => ({ ...row }))
  }

  since(reason: string, digest: Digest): number | undefined {
    return this.#database.get<{ since: number }>('SELECT since FROM kept_archives WHERE reason = ? AND digest = ?', reason, digest)?.since
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

  #insert(reason: string, { digest, sha512, sizeBytes }: KeptArchive, { since, copies }: KeptTerms): void {
    this.#database.run(INSERT, reason, digest, sha512, sizeBytes, since, copies)
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
