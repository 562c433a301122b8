import { type Digest, type IdentityId, isFeedOp, LIMITS, type Op, type OpId, type PackageName } from '#core'
import type { Catalogue, CatalogueCounts, CatalogueEntry, NamePage, Publisher } from './catalogue.ts'
import { MemoryOpSet } from './memory-op-set.ts'
import { CHAIN, isName, type Place, placeOf } from './memory-places.ts'
import { assertTime, type OpBound, type OpRange, type OpStretch, type SetSummary } from './op-set.ts'
import { storeClosed } from './refusals.ts'
import { setIn, UndoLog } from './undo-log.ts'

/** A catalogue that lives as long as the process. Indistinguishable from the one on disk, apart from being forgotten. */
export const memoryCatalogue = (): Catalogue => new MemoryCatalogue()

/** Stands for an envelope that was dropped: none is empty. */
const NO_BYTES = new Uint8Array()

class MemoryCatalogue implements Catalogue {
  readonly #undo = new UndoLog()
  readonly #envelopes = new Map<OpId, Uint8Array>()
  readonly #known = new Map<IdentityId, { readonly since: number; readonly place: number }>()
  readonly #packages = new Map<IdentityId, Map<Place, OpId[]>>()
  readonly #ats = new Map<OpId, number>()
  readonly #set = new MemoryOpSet()
  readonly #taken = new Map<Digest, true>()
  readonly #waiting = new Map<OpId, true>()
  readonly #entries = new Map<string, CatalogueEntry>()
  /** In which order their packages came. */
  readonly #places = new WeakMap<CatalogueEntry, number>()
  #lastPlace = 0
  #steps: readonly { readonly at: number; readonly last: number }[] = []
  #totals = { packages: 0, releases: 0 }
  #closed = false

  transact<T>(work: () => T): T {
    this.#assertOpen()
    return this.#undo.transact(work)
  }

  gather<T>(work: () => T): T {
    return this.transact(work)
  }

  /** Everything is settled already. */
  settle(): void {}

  get takenBack(): number {
    return this.#undo.takenBack
  }

  putOp(op: Op, now = 0): void {
    this.#put(op, op.bytes.slice(), now)
  }

  putStub(op: Op, now = 0): void {
    if (!this.hasOp(op.id)) this.#put(op, NO_BYTES, now)
  }

  opBytes(id: OpId): Uint8Array | undefined {
    this.#assertOpen()
    const bytes = this.#envelopes.get(id)
    return bytes?.length ? bytes.slice() : undefined
  }

  noteWaiting(id: OpId, waits: boolean): void {
    this.#assertOpen()
    if (waits && !this.#envelopes.has(id)) return
    setIn(this.#undo, this.#waiting, { key: id, value: waits ? true : undefined })
    if (this.#waiting.size <= LIMITS.waitingOps) return
    for (const oldest of this.#waiting.keys().take(1)) setIn(this.#undo, this.#waiting, { key: oldest, value: undefined })
  }

  waitingOps(limit: number): OpId[] {
    this.#assertOpen()
    return [...this.#waiting.keys()].slice(0, limit)
  }

  hasOp(id: OpId): boolean {
    this.#assertOpen()
    return this.#envelopes.has(id)
  }

  knownSince(identity: IdentityId): number | undefined {
    this.#assertOpen()
    return this.#known.get(identity)?.since
  }

  noteInStep(now: number): void {
    this.#assertOpen()
    const before = this.#steps
    this.#undo.record(() => {
      this.#steps = before
    })
    const kept = before.filter(({ at }) => at >= now - LIMITS.stepsMs && at <= now)
    const isDue = kept.every(({ at }) => now - at >= LIMITS.stepEveryMs)
    this.#steps = isDue ? [...kept, { at: now, last: this.#envelopes.size }] : kept
  }

  lastWithout(op: OpId, { identity, name }: { readonly identity: IdentityId; readonly name: PackageName }): number | undefined {
    this.#assertOpen()
    const order = [...this.#envelopes.keys()]
    const [place, first] = [op, this.#packages.get(identity)?.get(name)?.[0]].map((id) => (id === undefined ? 0 : order.indexOf(id) + 1))
    if (!place || !first) return undefined
    return this.#steps.filter(({ last }) => last >= first && last < place).map(({ at }) => at).sort((a, b) => b - a)[0]
  }

  envelopeBytes(identity?: IdentityId): number {
    this.#assertOpen()
    return this.#bytesOf(identity === undefined ? this.#envelopes.keys() : [...(this.#packages.get(identity)?.values() ?? [])].flat())
  }

  newestPublishers(after: number | undefined, limit: number): Publisher[] {
    this.#assertOpen()
    return [...this.#known]
      .map(([identity, { place }]) => ({ identity, place, bytes: this.#bytesOf(this.#feedIds(identity)) }))
      .filter(({ place, bytes }) => bytes > 0 && place < (after ?? Infinity))
      .sort((a, b) => b.place - a.place).slice(0, limit)
  }

  dropEnvelopes(identity: IdentityId, limit: number): number {
    this.#assertOpen()
    const theirs = new Set(this.#feedIds(identity))
    const dropped = [...this.#envelopes.keys()].filter((id) => theirs.has(id) && this.#envelopes.get(id)?.length).reverse().slice(0, limit)
    for (const id of dropped) setIn(this.#undo, this.#envelopes, { key: id, value: NO_BYTES })
    const touched = [...(this.#packages.get(identity) ?? [])].filter(([, ids]) => ids.some((id) => dropped.includes(id)))
    for (const [name] of touched) if (isName(name)) this.removeEntry(identity, name)
    return dropped.length
  }

  chainOps(identity: IdentityId): Uint8Array[] {
    return this.#envelopesOf(identity, CHAIN)
  }

  feedOps(identity: IdentityId, name: PackageName): Uint8Array[] {
    return this.#envelopesOf(identity, name)
  }

  opinions(by: IdentityId, about: IdentityId, limit: number): Uint8Array[] {
    this.#assertOpen()
    const newestFirst = (this.#packages.get(by)?.get(`!${about}`) ?? []).toSorted((a, b) => (this.#ats.get(b) ?? 0) - (this.#ats.get(a) ?? 0) || byText(b, a))
    return newestFirst.flatMap((id) => this.opBytes(id) ?? []).slice(0, limit)
  }

  opined(by: IdentityId, limit: number): IdentityId[] {
    this.#assertOpen()
    const places = [...(this.#packages.get(by) ?? [])].flatMap(([place, ids]) => (place.startsWith('!') && ids.length > 0 ? place : []))
    return places.map((place) => place.slice(1) as IdentityId).sort(byText).slice(0, limit)
  }

  wordIds(identity: IdentityId, after: number, limit: number): { readonly ids: readonly OpId[]; readonly last: number } {
    this.#assertOpen()
    const words = new Set([...(this.#packages.get(identity) ?? [])].flatMap(([place, ids]) => (isName(place) ? [] : ids)))
    const page = [...this.#envelopes.keys()].flatMap((id, at) => (at >= after && words.has(id) ? [{ id, place: at + 1 }] : [])).slice(0, limit)
    return { ids: page.flatMap(({ id }) => (this.#envelopes.get(id)?.length ? id : [])), last: page.at(-1)?.place ?? after }
  }

  namesOf(identity: IdentityId): PackageName[] {
    this.#assertOpen()
    return [...(this.#packages.get(identity) ?? [])].flatMap(([name, ids]) => (isName(name) && ids.length > 0 ? name : [])).sort(byText)
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
    const envelopes: Uint8Array[] = []
    let last = 0
    for (const bytes of this.#envelopes.values()) {
      if (envelopes.length >= limit) break
      last += 1
      if (last > after && bytes.length > 0) envelopes.push(bytes.slice())
    }
    return { envelopes, last: Math.max(after, last) }
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
    const key = entryKey(entry.identity, entry.name)
    const before = this.#entries.get(key)
    const value = structuredClone({ ...entry, known: Math.min(entry.known, before?.known ?? Infinity) })
    this.#places.set(value, (before && this.#places.get(before)) ?? (this.#lastPlace += 1))
    setIn(this.#undo, this.#entries, { key, value })
  }

  removeEntry(identity: IdentityId, name: PackageName): void {
    this.#assertOpen()
    setIn(this.#undo, this.#entries, { key: entryKey(identity, name), value: undefined })
  }

  entriesNamed(name: PackageName): CatalogueEntry[] {
    return this.#entriesWhere((entry) => entry.name === name).sort(byName).map((entry) => structuredClone(entry))
  }

  entriesUnder(prefix: string, limit: number): CatalogueEntry[] {
    return this.#entriesWhere(({ name }) => name.startsWith(prefix)).sort(byName).slice(0, limit).map((entry) => structuredClone(entry))
  }

  newestEntries(limit: number): CatalogueEntry[] {
    return this.#entriesWhere(() => true).sort((a, b) => b.at - a.at || byName(a, b)).slice(0, limit).map((entry) => structuredClone(entry))
  }

  oldestNames(after: number, limit: number): NamePage {
    const placed = this.#entriesWhere(() => true).map((entry) => ({ name: entry.name, place: this.#places.get(entry) ?? 0 }))
    const page = placed.filter(({ place }) => place > after).sort((a, b) => a.place - b.place).slice(0, limit)
    return { names: page.map(({ name }) => name), last: page.at(-1)?.place ?? after }
  }

  [Symbol.dispose](): void {
    this.#closed = true
  }

  #put(op: Op, bytes: Uint8Array, now: number): void {
    this.#assertOpen()
    assertTime(op.at)
    const isNew = !this.#envelopes.has(op.id)
    setIn(this.#undo, this.#envelopes, { key: op.id, value: bytes })
    if (!isNew) return
    if (!this.#known.has(op.identity)) setIn(this.#undo, this.#known, { key: op.identity, value: { since: now, place: this.#envelopes.size } })
    this.#addToSet(op)
  }

  #bytesOf(ids: Iterable<OpId>): number {
    return [...ids].reduce((sum, id) => sum + (this.#envelopes.get(id)?.length ?? 0), 0)
  }

  #feedIds(identity: IdentityId): OpId[] {
    return [...(this.#packages.get(identity) ?? [])].flatMap(([name, ids]) => (name === CHAIN ? [] : ids))
  }

  #addToSet(op: Op): void {
    const before = this.#totals
    const ids = this.#idsOf(op.identity, placeOf(op))
    this.#ats.set(op.id, op.at)
    this.#set.add(op)
    this.#undo.record(() => {
      ids.pop()
      this.#ats.delete(op.id)
      this.#set.remove(op)
      this.#totals = before
    })
    const isFirst = isFeedOp(op) && ids.length === 0
    this.#totals = { packages: before.packages + Number(isFirst), releases: before.releases + Number(op.type === 'release') }
    ids.push(op.id)
  }

  #idsOf(identity: IdentityId, name: Place): OpId[] {
    const packages = this.#packages.get(identity) ?? new Map<Place, OpId[]>()
    const ids = packages.get(name) ?? []
    this.#packages.set(identity, packages.set(name, ids))
    return ids
  }

  #envelopesOf(identity: IdentityId, name: Place): Uint8Array[] {
    this.#assertOpen()
    return (this.#packages.get(identity)?.get(name) ?? []).flatMap((id) => this.opBytes(id) ?? [])
  }

  #entriesWhere(isMeant: (entry: CatalogueEntry) => boolean): CatalogueEntry[] {
    this.#assertOpen()
    return [...this.#entries.values()].filter(isMeant)
  }

  #assertOpen(): void {
    if (this.#closed) throw storeClosed()
  }
}

const byName = (a: CatalogueEntry, b: CatalogueEntry): number => byText(a.name, b.name) || byText(a.identity, b.identity)
const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
const entryKey = (identity: IdentityId, name: string): string => `${identity} ${name}`
