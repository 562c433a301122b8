import assert from 'node:assert/strict'
import { type Digest, type IdentityId, LIMITS, type Op, type OpId, type PackageName } from '#core'
import type { Catalogue, CatalogueCounts, CatalogueEntry, CatalogueQuery } from './catalogue.ts'
import { MemoryOpSet } from './memory-op-set.ts'
import { assertTime, type OpBound, type OpRange, type OpStretch, type SetSummary } from './op-set.ts'
import { storeClosed } from './refusals.ts'
import { entryFacets, entryWords, queryTerms, type QueryTerms } from './search-terms.ts'
import { setIn, UndoLog } from './undo-log.ts'

/** A catalogue that lives as long as the process. Indistinguishable from the one on disk, apart from being forgotten. */
export const memoryCatalogue = (): Catalogue => new MemoryCatalogue()

/** The key of an identity's own chain among its packages: no package has this name. */
const CHAIN = ''

interface StoredEntry {
  readonly entry: CatalogueEntry
  /** Grows with every put: the order in which `match` answers. */
  readonly position: number
  readonly words: readonly string[]
  readonly facets: ReadonlySet<string>
}

class MemoryCatalogue implements Catalogue {
  readonly #undo = new UndoLog()
  readonly #envelopes = new Map<OpId, Uint8Array>()
  readonly #packages = new Map<IdentityId, Map<PackageName | typeof CHAIN, OpId[]>>()
  readonly #set = new MemoryOpSet()
  readonly #taken = new Map<Digest, true>()
  readonly #entries = new Map<string, StoredEntry>()
  #totals = { packages: 0, releases: 0 }
  #position = 0
  #closed = false

  transact<T>(work: () => T): T {
    this.#assertOpen()
    return this.#undo.transact(work)
  }

  putOp(op: Op): void {
    this.#assertOpen()
    assertTime(op.at)
    const isNew = !this.#envelopes.has(op.id)
    setIn(this.#undo, this.#envelopes, { key: op.id, value: op.bytes.slice() })
    if (isNew) this.#addToSet(op)
  }

  opBytes(id: OpId): Uint8Array | undefined {
    this.#assertOpen()
    return this.#envelopes.get(id)?.slice()
  }

  hasOp(id: OpId): boolean {
    this.#assertOpen()
    return this.#envelopes.has(id)
  }

  chainOps(identity: IdentityId): Uint8Array[] {
    return this.#envelopesOf(identity, CHAIN)
  }

  feedOps(identity: IdentityId, name: PackageName): Uint8Array[] {
    return this.#envelopesOf(identity, name)
  }

  namesOf(identity: IdentityId): PackageName[] {
    this.#assertOpen()
    const lists = [...(this.#packages.get(identity) ?? [])]
    return lists.flatMap(([name, ids]) => (name === CHAIN || ids.length === 0 ? [] : name)).sort(byText)
  }

  claimants(name: PackageName): IdentityId[] {
    this.#assertOpen()
    return [...this.#packages].flatMap(([identity, lists]) => (lists.get(name)?.length ? identity : [])).sort(byText)
  }

  measure(range: OpRange): SetSummary {
    this.#assertOpen()
    return this.#set.measure(range)
  }

  divide(range: OpRange, parts: number): OpStretch[] {
    this.#assertOpen()
    return this.#set.divide(range, parts)
  }

  placesIn(range: OpRange, limit: number): OpBound[] {
    this.#assertOpen()
    return this.#set.placesIn(range, limit)
  }

  arrivals(after: number, limit: number): { readonly envelopes: readonly Uint8Array[]; readonly last: number } {
    this.#assertOpen()
    const envelopes = [...this.#envelopes.values()].slice(after, after + limit).map((bytes) => bytes.slice())
    return { envelopes, last: after + envelopes.length }
  }

  noteTaken(chunk: Digest): void {
    this.#assertOpen()
    setIn(this.#undo, this.#taken, { key: chunk, value: true })
  }

  isTaken(chunk: Digest): boolean {
    this.#assertOpen()
    return this.#taken.has(chunk)
  }

  counts(): CatalogueCounts {
    this.#assertOpen()
    return { ops: this.#envelopes.size, packages: this.#totals.packages, releases: this.#totals.releases }
  }

  putEntry(entry: CatalogueEntry): void {
    this.#assertOpen()
    this.#position += 1
    const value = { entry: structuredClone(entry), position: this.#position, words: entryWords(entry), facets: new Set(entryFacets(entry)) }
    setIn(this.#undo, this.#entries, { key: entryKey(entry.identity, entry.name), value })
  }

  removeEntry(identity: IdentityId, name: PackageName): void {
    this.#assertOpen()
    setIn(this.#undo, this.#entries, { key: entryKey(identity, name), value: undefined })
  }

  entriesNamed(name: PackageName): CatalogueEntry[] {
    this.#assertOpen()
    const found = [...this.#entries.values()].map((stored) => stored.entry).filter((entry) => entry.name === name)
    return found.sort((a, b) => byText(a.identity, b.identity)).map((entry) => structuredClone(entry))
  }

  match(query: CatalogueQuery): CatalogueEntry[] {
    this.#assertOpen()
    assert(Number.isSafeInteger(query.limit) && query.limit >= 0, 'a limit is a whole number')
    const terms = queryTerms(query)
    if (terms === undefined) return []
    return [...this.#entries.values()]
      .filter((stored) => holds(stored, terms))
      .sort((a, b) => b.position - a.position)
      .slice(0, Math.min(query.limit, LIMITS.searchCandidates))
      .map((stored) => structuredClone(stored.entry))
  }

  [Symbol.dispose](): void {
    this.#closed = true
  }

  #addToSet(op: Op): void {
    const before = this.#totals
    const ids = this.#idsOf(op.identity, 'feed' in op ? op.body.name : CHAIN)
    this.#set.add(op)
    this.#undo.record(() => {
      ids.pop()
      this.#set.remove(op)
      this.#totals = before
    })
    this.#totals = {
      packages: before.packages + Number('feed' in op && ids.length === 0),
      releases: before.releases + Number(op.type === 'release'),
    }
    ids.push(op.id)
  }

  #idsOf(identity: IdentityId, name: PackageName | typeof CHAIN): OpId[] {
    const packages = this.#packages.get(identity) ?? new Map<PackageName | typeof CHAIN, OpId[]>()
    const ids = packages.get(name) ?? []
    this.#packages.set(identity, packages.set(name, ids))
    return ids
  }

  #envelopesOf(identity: IdentityId, name: PackageName | typeof CHAIN): Uint8Array[] {
    this.#assertOpen()
    const ids = this.#packages.get(identity)?.get(name) ?? []
    return ids.flatMap((id) => this.#envelopes.get(id)?.slice() ?? [])
  }

  #assertOpen(): void {
    if (this.#closed) throw storeClosed()
  }
}

const holds = (stored: StoredEntry, terms: QueryTerms): boolean =>
  terms.facets.every((term) => stored.facets.has(term)) && terms.words.every((word) => stored.words.some((token) => token.startsWith(word)))

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
const entryKey = (identity: IdentityId, name: string): string => `${identity} ${name}`
