import type { Digest, IdentityId, OpId } from '#core'
import type { KeptRelease, Promised, PromisedPage, RegistryRecords } from '#store'
import { Database } from './database.ts'
import { REGISTRY_SCHEMA } from './registry-schema.ts'

/** Opens the promises of a registry in one SQLite file, or makes it. Throws `store-broken` (also for another program's), `disk-full` or `too-busy`. */
export const openRegistryRecords = (path: string): RegistryRecords => new SqliteRegistryRecords(Database.open(path, REGISTRY_SCHEMA))

interface OpRow {
  readonly position: number
  readonly id: OpId
  readonly envelope: Uint8Array
  readonly came_with: string
  readonly at: number
}

class SqliteRegistryRecords implements RegistryRecords {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  promise({ ops, blobs, by, at }: Promised): void {
    this.#database.transact(() => {
      for (const { id, identity, bytes } of ops) {
        this.#database.run(
          `INSERT INTO promised_ops (id, identity, envelope, came_with, at) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET envelope = excluded.envelope`,
          id, identity, bytes, by, at,
        )
      }
      for (const { digest, release: { identity, name, version } } of blobs) {
        this.#database.run('INSERT OR IGNORE INTO promised_blobs (digest, identity, name, version) VALUES (?, ?, ?, ?)', digest, identity, name, version)
        this.#database.run('DELETE FROM uploads WHERE digest = ?', digest)
      }
    })
  }

  promisedOps(after: number, limit: number): PromisedPage {
    const sql = 'SELECT position, id, envelope, came_with, at FROM promised_ops WHERE position > ? ORDER BY position LIMIT ?'
    const rows = this.#database.all<OpRow>(sql, after, limit)
    return { ops: rows.map(({ id, envelope, came_with: by, at }) => ({ id, envelope, by, at })), last: rows.at(-1)?.position ?? after }
  }

  isPromised(op: OpId): boolean {
    return this.#database.get('SELECT 1 FROM promised_ops WHERE id = ?', op) !== undefined
  }

  keeps(digest: Digest): boolean {
    return this.#database.get('SELECT 1 FROM promised_blobs WHERE digest = ? LIMIT 1', digest) !== undefined
  }

  keptFor(digest: Digest): readonly KeptRelease[] {
    return this.#database.all<KeptRelease>('SELECT identity, name, version FROM promised_blobs WHERE digest = ?', digest).map((row) => ({ ...row }))
  }

  isPublisher(identity: IdentityId): boolean {
    return this.#database.get('SELECT 1 FROM promised_ops WHERE identity = ? LIMIT 1', identity) !== undefined
  }

  noteUpload(digest: Digest, at: number): void {
    this.#database.run('INSERT OR REPLACE INTO uploads (digest, at) VALUES (?, ?)', digest, at)
  }

  uploadsBefore(at: number, limit: number): readonly Digest[] {
    return this.#database.all<{ digest: Digest }>('SELECT digest FROM uploads WHERE at < ? ORDER BY at LIMIT ?', at, limit).map(({ digest }) => digest)
  }

  forgetUploads(digests: readonly Digest[]): void {
    this.#database.transact(() => {
      for (const digest of digests) this.#database.run('DELETE FROM uploads WHERE digest = ?', digest)
    })
  }

  pack(archive: Digest): string | undefined {
    return this.#database.get<{ document: string }>('SELECT document FROM packs WHERE archive = ?', archive)?.document
  }

  notePack(archive: Digest, document: string): void {
    this.#database.run('INSERT OR REPLACE INTO packs (archive, document) VALUES (?, ?)', archive, document)
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]()
  }
}
