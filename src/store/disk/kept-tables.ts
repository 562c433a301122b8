import assert from 'node:assert/strict'
import { type Digest, type IdentityId, LIMITS, type PackageName, type Version } from '#core'
import { type KeepReason, type KeptPackage, type KeptRelease, storeClosed, tooManyKept } from '#store'
import type { Database } from './database.ts'

interface KeptRow {
  readonly position: number
  readonly name: PackageName
  readonly version: Version
  readonly identity: IdentityId
  readonly reason: KeepReason
  readonly digest: Digest
  readonly since: number
}

/** The releases whose blobs stay, in two tables; which blobs those are is read once and then known. */
export class KeptTables {
  readonly #database: Database
  #releases: ReadonlyMap<Digest, readonly KeptRelease[]> | undefined

  constructor(database: Database) {
    this.#database = database
  }

  /** To be called in a transaction. */
  keep({ name, version, identity, reason, digest, blobs, since }: KeptPackage): void {
    assert(blobs.length <= LIMITS.keptBlobsPerPackage, 'a package has few blobs')
    this.forget()
    const row = this.#database.get<{ position: number }>(
      `INSERT INTO kept_packages (name, version, identity, reason, digest, since) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET digest = excluded.digest, since = excluded.since RETURNING position`,
      name, version, identity, reason, digest, since,
    )
    assert(row !== undefined, 'an insert that returns gives a row')
    const kept = this.#database.get<{ count: number }>('SELECT count(*) AS count FROM kept_packages')
    if ((kept?.count ?? 0) > LIMITS.keptPackages) throw tooManyKept()
    this.#database.run('DELETE FROM kept_blobs WHERE package = ?', row.position)
    for (const [place, blob] of blobs.entries()) {
      this.#database.run('INSERT INTO kept_blobs (package, place, digest) VALUES (?, ?, ?)', row.position, place, blob)
    }
  }

  unkeep({ name, version, identity }: KeptRelease, reason: KeepReason): boolean {
    this.forget()
    const sql = 'DELETE FROM kept_packages WHERE identity = ? AND name = ? AND version = ? AND reason = ?'
    return this.#database.run(sql, identity, name, version, reason) > 0
  }

  all(): KeptPackage[] {
    const blobs = this.#database.all<{ package: number; digest: Digest }>('SELECT package, digest FROM kept_blobs ORDER BY package, place')
    const rows = this.#database.all<KeptRow>('SELECT position, name, version, identity, reason, digest, since FROM kept_packages ORDER BY position')
    const blobsOf = Map.groupBy(blobs, (blob) => blob.package)
    return rows.map(({ position, ...kept }) => ({ ...kept, blobs: (blobsOf.get(position) ?? []).map(({ digest }) => digest) }))
  }

  has(digest: Digest): boolean {
    return this.releasesOf(digest).length > 0
  }

  releasesOf(digest: Digest): readonly KeptRelease[] {
    if (this.#database.isClosed) throw storeClosed()
    this.#releases ??= this.#read()
    return this.#releases.get(digest) ?? []
  }

  /** Reads the digests again when they are asked for: something changed, or was taken back. */
  forget(): void {
    this.#releases = undefined
  }

  #read(): ReadonlyMap<Digest, readonly KeptRelease[]> {
    const rows = this.#database.all<KeptRelease & { readonly digest: Digest }>(
      `SELECT name, version, identity, digest FROM kept_packages
       UNION SELECT name, version, identity, kept_blobs.digest FROM kept_blobs JOIN kept_packages ON position = package`,
    )
    const releases = new Map<Digest, KeptRelease[]>()
    for (const { digest, name, version, identity } of rows) {
      const known = releases.get(digest)
      if (known === undefined) releases.set(digest, [{ name, version, identity }])
      else known.push({ name, version, identity })
    }
    return releases
  }
}
