import assert from 'node:assert/strict'
import type { IdentityId, Op, OpId, PackageName } from '#core'
import { addToFingerprint, type Catalogue, type CatalogueCounts, type CatalogueEntry, type CatalogueQuery, type CatalogueSummary, type OpRef } from '#store'
import { CATALOGUE_SCHEMA } from './catalogue-schema.ts'
import type { Database } from './database.ts'
import { SearchIndex } from './search-index.ts'
import { damagedContent } from './storage-errors.ts'

/** The name under which an identity's own chain is kept among its packages: no package has it. */
const CHAIN = ''

export interface DiskCatalogue extends Catalogue {
  /** true: the file was damaged and stands aside as `<path>.broken-<n>`; this catalogue began empty and wants to be synced. */
  readonly rebuilt: boolean
}

type Totals = CatalogueCounts & CatalogueSummary

/** A catalogue in one SQLite file, which it closes at its end. */
export class SqliteCatalogue implements DiskCatalogue {
  readonly rebuilt: boolean
  readonly #database: Database
  readonly #index: SearchIndex

  /** Throws `store-broken` when the summary does not fit the ops. */
  constructor(database: Database, { rebuilt }: { readonly rebuilt: boolean }) {
    this.rebuilt = rebuilt
    this.#database = database
    this.#index = new SearchIndex(database)
    const held = database.get<{ count: number }>('SELECT count(*) AS count FROM ops')
    if (held?.count !== this.#totals().ops) throw damagedContent('the summary of the catalogue', CATALOGUE_SCHEMA.hint)
  }

  transact<T>(work: () => T): T {
    return this.#database.transact(work)
  }

  putOp(op: Op): void {
    assert(Number.isSafeInteger(op.at), 'at is a whole number of seconds')
    this.#database.join(() => {
      if (this.#database.run('UPDATE ops SET envelope = ? WHERE id = ?', op.bytes, op.id) > 0) return
      const totals = this.#totals()
      const { key, isNew } = this.#packageKey(op.identity, 'feed' in op ? op.body.name : CHAIN)
      this.#database.run('INSERT INTO ops (id, at, package, envelope) VALUES (?, ?, ?, ?)', op.id, op.at, key, op.bytes)
      this.#database.run(
        'UPDATE totals SET ops = ops + 1, packages = packages + ?, releases = releases + ?, fingerprint = ? WHERE key = 1',
        Number(isNew && 'feed' in op), Number(op.type === 'release'), addToFingerprint(totals.fingerprint, op.id),
      )
    })
  }

  opBytes(id: OpId): Uint8Array | undefined {
    return this.#database.get<{ envelope: Uint8Array }>('SELECT envelope FROM ops WHERE id = ?', id)?.envelope
  }

  chainOps(identity: IdentityId): Uint8Array[] {
    return this.#envelopesOf(identity, CHAIN)
  }

  feedOps(identity: IdentityId, name: PackageName): Uint8Array[] {
    return this.#envelopesOf(identity, name)
  }

  namesOf(identity: IdentityId): PackageName[] {
    const rows = this.#database.all<{ name: PackageName }>(`SELECT name FROM packages WHERE identity = ? AND name <> '${CHAIN}' ORDER BY name`, identity)
    return rows.map(({ name }) => name)
  }

  claimants(name: PackageName): IdentityId[] {
    const rows = this.#database.all<{ identity: IdentityId }>('SELECT identity FROM packages WHERE name = ? ORDER BY identity', name)
    return rows.map(({ identity }) => identity)
  }

  summary(): CatalogueSummary {
    const { ops, fingerprint } = this.#totals()
    return { ops, fingerprint }
  }

  page(after: OpRef | undefined, limit: number): OpRef[] {
    assert(Number.isSafeInteger(limit) && limit >= 0, 'a limit is a whole number')
    const rows = after === undefined
      ? this.#database.all<OpRef>('SELECT at, id FROM ops ORDER BY at, id LIMIT ?', limit)
      : this.#database.all<OpRef>('SELECT at, id FROM ops WHERE (at, id) > (?, ?) ORDER BY at, id LIMIT ?', after.at, after.id, limit)
    return rows.map(({ at, id }) => ({ at, id }))
  }

  counts(): CatalogueCounts {
    const { ops, packages, releases } = this.#totals()
    return { ops, packages, releases }
  }

  putEntry(entry: CatalogueEntry): void {
    this.#database.join(() => this.#index.put(entry))
  }

  removeEntry(identity: IdentityId, name: PackageName): void {
    this.#database.join(() => this.#index.remove(identity, name))
  }

  entriesNamed(name: PackageName): CatalogueEntry[] {
    return this.#index.named(name)
  }

  match(query: CatalogueQuery): CatalogueEntry[] {
    return this.#index.match(query)
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]()
  }

  #totals(): Totals {
    const totals = this.#database.get<Totals>('SELECT ops, packages, releases, fingerprint FROM totals WHERE key = 1')
    if (totals === undefined || !/^[0-9a-f]{64}$/.test(totals.fingerprint)) throw damagedContent('the summary of the catalogue', CATALOGUE_SCHEMA.hint)
    return totals
  }

  #packageKey(identity: IdentityId, name: PackageName | typeof CHAIN): { readonly key: number; readonly isNew: boolean } {
    const isNew = this.#database.run('INSERT INTO packages (identity, name) VALUES (?, ?) ON CONFLICT DO NOTHING', identity, name) > 0
    const row = this.#database.get<{ key: number }>('SELECT key FROM packages WHERE identity = ? AND name = ?', identity, name)
    if (row === undefined) throw damagedContent('the table of packages', CATALOGUE_SCHEMA.hint)
    return { key: row.key, isNew }
  }

  #envelopesOf(identity: IdentityId, name: PackageName | typeof CHAIN): Uint8Array[] {
    const rows = this.#database.all<{ envelope: Uint8Array }>(
      'SELECT envelope FROM packages JOIN ops ON ops.package = packages.key WHERE identity = ? AND name = ?', identity, name,
    )
    return rows.map(({ envelope }) => envelope)
  }
}
