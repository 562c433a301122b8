import {
  type Digest, digestBytes, type IdentityId, isChainOp, isFeedOp, isOpinion, LIMITS, type Op, type OpId, opIdHash, opIdOfHash, type PackageName,
} from '#core'
import {
  assertTime, type Catalogue, type CatalogueCounts, type CatalogueEntry, type NamePage, type OpBound, type OpRange, type OpStretch, type Publisher,
  type SetSummary, WHOLE_SET,
} from '#store'
import {
  CHAIN, CLAIMANTS, ENVELOPES, HELD, NAMES, NEWEST_WHOLE, OPINED, OPINED_BY, OPINIONS, PUBLISHERS, WORDS,
} from './catalogue-sql.ts'
import type { Database } from './database.ts'
import { OpSpans } from './op-spans.ts'
import { SearchIndex } from './search-index.ts'
import { StepMarks } from './step-marks.ts'
import { LONGEST_WAITING, NO_MORE_WAITING, NOW_WAITING, SOME_WAITING } from './waiting-sql.ts'

interface Held {
  readonly key: number
  readonly bytes: number
  /** The key of it. */
  readonly identity: number
}

interface Whole extends Held {
  readonly name: PackageName
}

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
  readonly #steps: StepMarks
  /** Transactions that are open. */
  #depth = 0
  #takenBack = 0

  /** Throws `store-broken` when the summary does not fit the ops. */
  constructor(database: Database, { rebuilt }: { readonly rebuilt: boolean }) {
    this.rebuilt = rebuilt
    this.#database = database
    this.#index = new SearchIndex(database)
    this.#spans = new OpSpans(database)
    this.#steps = new StepMarks(database)
    const held = database.get<{ count: number }>('SELECT count(*) AS count FROM ops')?.count
    if (held !== this.counts().ops || held !== this.#spans.measure(WHOLE_SET).count) throw database.damage('the summary of the catalogue')
  }

  get takenBack(): number {
    return this.#takenBack
  }

  transact<T>(work: () => T): T {
    // What was gathered, or what an outer transaction added, must not be lost with this one.
    if (this.#depth === 0) this.settle()
    else this.#spans.count()
    return this.#nested(() => this.#database.transact(() => {
      const result = work()
      this.#spans.count()
      return result
    }))
  }

  gather<T>(work: () => T): T {
    return this.#depth === 0 ? this.#nested(() => this.#database.gather(work)) : this.transact(work)
  }

  settle(): void {
    this.#nested(() => this.#database.settle(() => this.#spans.count()))
  }

  putOp(op: Op, now = 0): void {
    assertTime(op.at)
    this.#join(() => {
      const held = this.#database.get<Held>(HELD, opIdHash(op.id))
      if (held === undefined) this.#insert(op, op.bytes, now)
      else {
        this.#database.run('UPDATE ops SET envelope = ? WHERE key = ?', op.bytes, held.key)
        this.#countBytes(held.identity, !isChainOp(op), op.bytes.length - held.bytes)
      }
    })
  }

  putStub(op: Op, now = 0): void {
    assertTime(op.at)
    this.#join(() => {
      if (!this.hasOp(op.id)) this.#insert(op, undefined, now)
    })
  }

  opBytes(id: OpId): Uint8Array | undefined {
    return this.#database.get<{ envelope: Uint8Array | null }>('SELECT envelope FROM ops WHERE id = ?', opIdHash(id))?.envelope ?? undefined
  }

  noteWaiting(id: OpId, waits: boolean): void {
    this.#join(() => {
      this.#database.run(waits ? NOW_WAITING : NO_MORE_WAITING, opIdHash(id))
      if (waits) this.#database.run(LONGEST_WAITING, LIMITS.waitingOps)
    })
  }

  waitingOps(limit: number): OpId[] {
    return this.#database.all<{ id: Uint8Array }>(SOME_WAITING, limit).map(({ id }) => opIdOfHash(id))
  }

  hasOp(id: OpId): boolean {
    return this.#database.get('SELECT 1 FROM ops WHERE id = ?', opIdHash(id)) !== undefined
  }

  knownSince(identity: IdentityId): number | undefined {
    return this.#database.get<{ since: number }>('SELECT since FROM identities WHERE id = ?', opIdHash(identity))?.since
  }

  noteInStep(now: number): void {
    this.#join(() => this.#steps.note(now))
  }

  lastWithout(op: OpId, of: { readonly identity: IdentityId; readonly name: PackageName }): number | undefined {
    return this.#steps.lastWithout(op, of)
  }

  envelopeBytes(identity?: IdentityId): number {
    if (identity === undefined) return this.#database.get<{ bytes: number }>('SELECT bytes FROM totals WHERE key = 1')?.bytes ?? 0
    return this.#database.get<{ bytes: number }>('SELECT chain_bytes + feed_bytes AS bytes FROM identities WHERE id = ?', opIdHash(identity))?.bytes ?? 0
  }

  newestPublishers(after: number | undefined, limit: number): Publisher[] {
    const rows = this.#database.all<{ id: Uint8Array; place: number; bytes: number }>(PUBLISHERS, after ?? Number.MAX_SAFE_INTEGER, limit)
    return rows.map(({ id, place, bytes }) => ({ identity: opIdOfHash(id) as IdentityId, place, bytes }))
  }

  dropEnvelopes(identity: IdentityId, limit: number): number {
    return this.#join(() => {
      const rows = this.#database.all<Whole>(NEWEST_WHOLE, opIdHash(identity), limit)
      for (const { key } of rows) this.#database.run('UPDATE ops SET envelope = NULL WHERE key = ?', key)
      const owner = rows[0]?.identity
      if (owner !== undefined) this.#countBytes(owner, true, -rows.reduce((sum, { bytes }) => sum + bytes, 0))
      for (const name of new Set(rows.map((row) => row.name))) this.#index.remove(identity, name)
      return rows.length
    })
  }

  chainOps(identity: IdentityId): Uint8Array[] {
    return this.#envelopesOf(identity, CHAIN)
  }

  feedOps(identity: IdentityId, name: PackageName): Uint8Array[] {
    return this.#envelopesOf(identity, name)
  }

  opinions(by: IdentityId, about: IdentityId, limit: number): Uint8Array[] {
    return this.#database.all<{ envelope: Uint8Array }>(OPINIONS, opIdHash(by), OPINED + about, limit).map(({ envelope }) => envelope)
  }

  opined(by: IdentityId, limit: number): IdentityId[] {
    return this.#database.all<{ name: string }>(OPINED_BY, opIdHash(by), limit).map(({ name }) => name.slice(OPINED.length) as IdentityId)
  }

  wordIds(identity: IdentityId, after: number, limit: number): { readonly ids: readonly OpId[]; readonly last: number } {
    const rows = this.#database.all<{ key: number; id: Uint8Array; isWhole: number }>(WORDS, opIdHash(identity), after, limit)
    return { ids: rows.flatMap(({ id, isWhole }) => (isWhole === 1 ? opIdOfHash(id) : [])), last: rows.at(-1)?.key ?? after }
  }

  namesOf(identity: IdentityId): PackageName[] {
    return this.#database.all<{ name: PackageName }>(NAMES, opIdHash(identity)).map(({ name }) => name)
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
    const sql = 'SELECT key, envelope FROM ops WHERE key > ? AND envelope IS NOT NULL ORDER BY key LIMIT ?'
    const rows = this.#database.all<{ key: number; envelope: Uint8Array }>(sql, after, limit)
    return { envelopes: rows.map(({ envelope }) => envelope), last: rows.at(-1)?.key ?? after }
  }

  noteTaken(chunk: Digest): void {
    this.#join(() => this.#database.run('INSERT INTO taken_chunks VALUES (?) ON CONFLICT DO NOTHING', digestBytes(chunk)))
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
    this.#join(() => this.#index.put(entry))
  }

  removeEntry(identity: IdentityId, name: PackageName): void {
    this.#join(() => this.#index.remove(identity, name))
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

  oldestNames(after: number, limit: number): NamePage {
    return this.#index.oldestNames(after, limit)
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]()
  }

  #nested<T>(work: () => T): T {
    this.#depth += 1
    try {
      return work()
    } catch (error) {
      this.#spans.forget()
      this.#takenBack += 1
      throw error
    } finally {
      this.#depth -= 1
    }
  }

  /** A single change: the outermost one is a transaction of its own. */
  #join<T>(work: () => T): T {
    return this.#depth === 0 ? this.transact(work) : this.#database.join(work)
  }

  #insert(op: Op, envelope: Uint8Array | undefined, now: number): void {
    const hash = opIdHash(op.id)
    const who = this.#identityKey(opIdHash(op.identity), now)
    const { key, isNew } = this.#packageKey(who, placeOf(op))
    this.#database.run('INSERT INTO ops (id, at, package, envelope) VALUES (?, ?, ?, ?)', hash, op.at, key, envelope ?? null)
    this.#spans.add(op.at, hash)
    this.#database.run(
      'UPDATE totals SET ops = ops + 1, packages = packages + ?, releases = releases + ? WHERE key = 1',
      Number(isNew && isFeedOp(op)), Number(op.type === 'release'),
    )
    this.#countBytes(who, !isChainOp(op), envelope?.length ?? 0)
  }

  #countBytes(identity: number, mayGo: boolean, bytes: number): void {
    if (bytes === 0) return
    const column = mayGo ? 'feed_bytes' : 'chain_bytes'
    this.#database.run(`UPDATE identities SET ${column} = ${column} + ? WHERE key = ?`, bytes, identity)
    this.#database.run('UPDATE totals SET bytes = bytes + ? WHERE key = 1', bytes)
  }

  #packageKey(who: number, name: string): { readonly key: number; readonly isNew: boolean } {
    const known = this.#database.get<{ key: number }>('SELECT key FROM packages WHERE identity = ? AND name = ?', who, name)
    if (known !== undefined) return { key: known.key, isNew: false }
    return { key: this.#database.insert('INSERT INTO packages (identity, name) VALUES (?, ?)', who, name), isNew: true }
  }

  #identityKey(id: Uint8Array, now: number): number {
    const known = this.#database.get<{ key: number }>('SELECT key FROM identities WHERE id = ?', id)
    return known?.key ?? this.#database.insert('INSERT INTO identities (id, since, chain_bytes, feed_bytes) VALUES (?, ?, 0, 0)', id, now)
  }

  #envelopesOf(identity: IdentityId, name: PackageName | typeof CHAIN): Uint8Array[] {
    return this.#database.all<{ envelope: Uint8Array }>(ENVELOPES, opIdHash(identity), name).map(({ envelope }) => envelope)
  }
}

/** Where an op is kept among the packages of its identity. */
const placeOf = (op: Op): string => (isFeedOp(op) ? op.body.name : isOpinion(op) ? OPINED + op.body.target : CHAIN)
