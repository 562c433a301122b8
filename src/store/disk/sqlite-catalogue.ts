import { type Digest, digestBytes, type IdentityId, type Op, type OpId, opIdHash, opIdOfHash, type PackageName } from '#core'
import {
  assertTime, type Catalogue, type CatalogueCounts, type CatalogueEntry, type OpBound, type OpRange, type OpStretch, type SetSummary, WHOLE_SET,
} from '#store'
import type { Database } from './database.ts'
import { OpSpans } from './op-spans.ts'
import { SearchIndex } from './search-index.ts'

/** The name under which an identity's own chain is kept among its packages: no package has it. */
const CHAIN = ''

const OF_IDENTITY = 'identity = (SELECT key FROM identities WHERE id = ?)'
/** Exported for the test that their plans use indexes. */
export const ENVELOPES = `SELECT envelope FROM packages JOIN ops ON ops.package = packages.key WHERE ${OF_IDENTITY} AND name = ?`
export const NAMES = `SELECT name FROM packages WHERE ${OF_IDENTITY} AND name <> '${CHAIN}' ORDER BY name`
export const CLAIMANTS = 'SELECT id FROM packages JOIN identities ON identities.key = packages.identity WHERE name = ?'

export interface DiskCatalogue extends Catalogue {
  /** true: the file was damaged and stands aside as `<path>.broken-<n>`; this catalogue began empty and wants to be synced. */
  readonly rebuilt: boolean
}

/** A catalogue in one SQLite file, which it closes at its end. */
export class SqliteCatalogue implements DiskCatalogue {
  readonly rebuilt: boolean
  readonly #database: Database
  readonly #index: SearchIndex
  readonly #spans: OpSpans
  /** Transactions that are open. */
  #depth = 0

  /** Throws `store-broken` when the summary does not fit the ops. */
  constructor(database: Database, { rebuilt }: { readonly rebuilt: boolean }) {
    this.rebuilt = rebuilt
    this.#database = database
    this.#index = new SearchIndex(database)
    this.#spans = new OpSpans(database)
    const held = database.get<{ count: number }>('SELECT count(*) AS count FROM ops')?.count
    if (held !== this.counts().ops || held !== this.#spans.measure(WHOLE_SET).count) throw database.damage('the summary of the catalogue')
  }

  transact<T>(work: () => T): T {
    // What an outer transaction added must not be lost with this one.
    this.#spans.count()
    this.#depth += 1
    try {
      return this.#database.transact(() => {
        const result = work()
        this.#spans.count()
        return result
      })
    } catch (error) {
      this.#spans.forget()
      throw error
    } finally {
      this.#depth -= 1
    }
  }

  putOp(op: Op): void {
    assertTime(op.at)
    const hash = opIdHash(op.id)
    this.#database.join(() => {
      if (this.#database.run('UPDATE ops SET envelope = ? WHERE id = ?', op.bytes, hash) > 0) return
      const { key, isNew } = this.#packageKey(op.identity, 'feed' in op ? op.body.name : CHAIN)
      this.#database.run('INSERT INTO ops (id, at, package, envelope) VALUES (?, ?, ?, ?)', hash, op.at, key, op.bytes)
      this.#spans.add(op.at, hash)
      this.#database.run(
        'UPDATE totals SET ops = ops + 1, packages = packages + ?, releases = releases + ? WHERE key = 1',
        Number(isNew && 'feed' in op), Number(op.type === 'release'),
      )
      if (this.#depth === 0) this.#spans.count()
    })
  }

  opBytes(id: OpId): Uint8Array | undefined {
    return this.#database.get<{ envelope: Uint8Array }>('SELECT envelope FROM ops WHERE id = ?', opIdHash(id))?.envelope
  }

  hasOp(id: OpId): boolean {
    return this.#database.get('SELECT 1 FROM ops WHERE id = ?', opIdHash(id)) !== undefined
  }

  chainOps(identity: IdentityId): Uint8Array[] {
    return this.#envelopesOf(identity, CHAIN)
  }

  feedOps(identity: IdentityId, name: PackageName): Uint8Array[] {
    return this.#envelopesOf(identity, name)
  }

  namesOf(identity: IdentityId): PackageName[] {
    const rows = this.#database.all<{ name: PackageName }>(NAMES, opIdHash(identity))
    return rows.map(({ name }) => name)
  }

  claimants(name: PackageName): IdentityId[] {
    const rows = this.#database.all<{ id: Uint8Array }>(CLAIMANTS, name)
    return rows.map(({ id }) => opIdOfHash(id) as IdentityId).sort()
  }

  measure(range: OpRange): SetSummary {
    return this.#spans.measure(range)
  }

  divide(range: OpRange, parts: number): OpStretch[] {
    return this.#spans.divide(range, parts)
  }

  placesIn(range: OpRange, limit: number): OpBound[] {
    return this.#spans.placesIn(range, limit)
  }

  arrivals(after: number, limit: number): { readonly envelopes: readonly Uint8Array[]; readonly last: number } {
    const sql = 'SELECT key, envelope FROM ops WHERE key > ? ORDER BY key LIMIT ?'
    const rows = this.#database.all<{ key: number; envelope: Uint8Array }>(sql, after, limit)
    return { envelopes: rows.map(({ envelope }) => envelope), last: rows.at(-1)?.key ?? after }
  }

  noteTaken(chunk: Digest): void {
    this.#database.run('INSERT INTO taken_chunks VALUES (?) ON CONFLICT DO NOTHING', digestBytes(chunk))
  }

  isTaken(chunk: Digest): boolean {
    return this.#database.get('SELECT 1 FROM taken_chunks WHERE digest = ?', digestBytes(chunk)) !== undefined
  }

  counts(): CatalogueCounts {
    const totals = this.#database.get<CatalogueCounts>('SELECT ops, packages, releases FROM totals WHERE key = 1')
    if (totals === undefined) throw this.#database.damage('the summary of the catalogue')
    return { ...totals }
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

  entriesUnder(prefix: string, limit: number): CatalogueEntry[] {
    return this.#index.under(prefix, limit)
  }

  newestEntries(limit: number): CatalogueEntry[] {
    return this.#index.newest(limit)
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]()
  }

  #packageKey(identity: IdentityId, name: PackageName | typeof CHAIN): { readonly key: number; readonly isNew: boolean } {
    const who = this.#identityKey(opIdHash(identity))
    const known = this.#database.get<{ key: number }>('SELECT key FROM packages WHERE identity = ? AND name = ?', who, name)
    if (known !== undefined) return { key: known.key, isNew: false }
    return { key: this.#database.insert('INSERT INTO packages (identity, name) VALUES (?, ?)', who, name), isNew: true }
  }

  #identityKey(id: Uint8Array): number {
    const known = this.#database.get<{ key: number }>('SELECT key FROM identities WHERE id = ?', id)
    return known?.key ?? this.#database.insert('INSERT INTO identities (id) VALUES (?)', id)
  }

  #envelopesOf(identity: IdentityId, name: PackageName | typeof CHAIN): Uint8Array[] {
    const rows = this.#database.all<{ envelope: Uint8Array }>(ENVELOPES, opIdHash(identity), name)
    return rows.map(({ envelope }) => envelope)
  }
}
