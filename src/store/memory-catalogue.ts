import assert from 'node:assert/strict'
import { type IdentityId, LIMITS, type Op, type OpId, type PackageName } from '#core'
import type { Catalogue, CatalogueCounts, CatalogueEntry, CatalogueQuery, CatalogueSummary, OpRef } from './catalogue.ts'
import { storeClosed } from './refusals.ts'
import { entryFacets, entryWords, queryTerms, type QueryTerms } from './search-terms.ts'
import { addToFingerprint, EMPTY_FINGERPRINT } from './set-fingerprint.ts'
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
  /** Ordered by (at, id). */
  readonly #refs: OpRef[] = []
  readonly #entries = new Map<string, StoredEntry>()
  #totals = { packages: 0, releases: 0, fingerprint: EMPTY_FINGERPRINT }
  #position = 0
  #closed = false

  transact<T>(work: () => T): T {
    this.#assertOpen()
    return this.#undo.transact(work)
  }

  putOp(op: Op): void {
    this.#assertOpen()
    assert(Number.isSafeInteger(op.at), 'at is a whole number of seconds')
    const isNew = !this.#envelopes.has(op.id)
    setIn(this.#undo, this.#envelopes, { key: op.id, value: op.bytes.slice() })
    if (isNew) this.#addToSet(op)
  }

  opBytes(id: OpId): Uint8Array | undefined {
    this.#assertOpen()
    return this.#envelopes.get(id)?.slice()
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

  summary(): CatalogueSummary {
    this.#assertOpen()
    return { ops: this.#envelopes.size, fingerprint: this.#totals.fingerprint }
  }

  page(after: OpRef | undefined, limit: number): OpRef[] {
    this.#assertOpen()
    assert(Number.isSafeInteger(limit) && limit >= 0, 'a limit is a whole number')
    const start = after === undefined ? 0 : firstAfter(this.#refs, after)
    return this.#refs.slice(start, start + limit)
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
    const ref = { at: op.at, id: op.id }
    this.#undo.record(() => {
      ids.pop()
      this.#refs.splice(firstAfter(this.#refs, ref) - 1, 1)
      this.#totals = before
    })
    this.#totals = {
      packages: before.packages + Number('feed' in op && ids.length === 0),
      releases: before.releases + Number(op.type === 'release'),
      fingerprint: addToFingerprint(before.fingerprint, op.id),
    }
    ids.push(op.id)
    this.#refs.splice(firstAfter(this.#refs, ref), 0, ref)
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

/** Where the first reference behind `ref` stands. */
const firstAfter = (refs: readonly OpRef[], ref: OpRef): number => {
  let low = 0
  let high = refs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = refs[middle]
    assert(other)
    if ((other.at - ref.at || byText(other.id, ref.id)) > 0) high = middle
    else low = middle + 1
  }
  return low
}

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
const entryKey = (identity: IdentityId, name: string): string => `${identity} ${name}`
