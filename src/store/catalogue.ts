import type { Digest, FeedOp, IdentityId, Op, OpId, PackageName, ReleaseBody, Version } from '#core'
import type { OpSet } from './op-set.ts'

/**
 * The set of all ops a node knows, and a full-text index over one entry per (identity, name). Synchronous: it is the same
 * in the simulator, in SQLite and in memory. Every change is whole or not at all; what was changed last may be lost in a power
 * failure and is synced again. Bytes given and returned are the caller's own. Every method may throw `store-broken`, those that
 * change something `disk-full`, and all of them `cancelled` after disposing.
 */
export interface Catalogue extends OpSet, Disposable {
  /**
   * Runs the synchronous `work` in one transaction; an exception rolls everything back. A transaction inside joins the outer one:
   * it lasts only if that one does, and when it fails and the outer one goes on, only the inner changes are taken back.
   */
  transact<T>(work: () => T): T
  /**
   * As `transact`, but until `settle` or the next transaction, others may not find what it changed, and a failure may take it back as well.
   * For much that comes in many parts and could be had again.
   */
  gather<T>(work: () => T): T
  /** Makes lasting what was gathered; when that fails, it is taken back. Fine when nothing was gathered, and after disposing. */
  settle(): void
  /** How often changes were taken back: who remembers something of what it read here has to read again when it is more often than then. */
  readonly takenBack: number
  /**
   * Adds an op, or replaces the envelope of the same op (more co-signatures, or one that was dropped). When it is the first of its identity, that
   * one is known since `now`, Unix milliseconds.
   */
  putOp(op: Op, now?: number): void
  /**
   * Adds an op without its envelope: it is in the set, so that comparing with others stays quiet, and nowhere else. One that is held as a whole
   * stays whole.
   */
  putStub(op: Op, now?: number): void
  /**
   * Remembers that an op waits for co-signatures, or that it does not any more: comparing does not show that somebody has more of them. At most
   * `LIMITS.waitingOps`, the oldest are forgotten.
   */
  noteWaiting(id: OpId, waits: boolean): void
  /** Some of the ops that wait, at random; at most `limit`. */
  waitingOps(limit: number): OpId[]
  /** Also where its envelope was dropped. */
  hasOp(id: OpId): boolean
  /** `undefined` also for an op whose envelope was dropped. */
  opBytes(id: OpId): Uint8Array | undefined
  /** Since when an identity is known here, Unix milliseconds; `undefined`: not at all. */
  knownSince(identity: IdentityId): number | undefined
  /** Notes that this node has just been in step with another one: everything that was out there then is here. Unix milliseconds. */
  noteInStep(now: number): void
  /**
   * The latest moment at which this node was in step with others and knew something of the package, but not the op: it cannot be older, whatever its
   * date says. `undefined`: there was none, as far as is remembered (`LIMITS.stepsMs`, every `LIMITS.stepEveryMs`).
   */
  lastWithout(op: OpId, of: { readonly identity: IdentityId; readonly name: PackageName }): number | undefined
  /** Bytes of all envelopes, or of those of one identity. */
  envelopeBytes(identity?: IdentityId): number
  /**
   * Identities that have envelopes of other ops than of their own chains, those that are known for the shortest time first, after the number `after`, at
   * most `limit`.
   */
  newestPublishers(after: number | undefined, limit: number): Publisher[]
  /**
   * Drops envelopes of releases, status ops and opinions of an identity, newest first, at most `limit`, and the entries of their packages. Its chain stays:
   * it says who may sign what comes next. Returns how many were dropped.
   */
  dropEnvelopes(identity: IdentityId, limit: number): number

  /** Envelopes of the genesis and roles ops of an identity, in no particular order. */
  chainOps(identity: IdentityId): Uint8Array[]
  /** Envelopes of the release and status ops of one package, in no particular order. */
  feedOps(identity: IdentityId, name: PackageName): Uint8Array[]
  /** Envelopes of what one identity says of another, the newest by its own clock first, at most `limit`. */
  opinions(by: IdentityId, about: IdentityId, limit: number): Uint8Array[]
  /** Of whom an identity has said something, dropped opinions too, in the order of their ids, at most `limit`. */
  opined(by: IdentityId, limit: number): IdentityId[]
  /**
   * Ids of the ops of an identity's own chain and of what it says of others, in the order in which they came: those after the number `after`, where 0 is
   * before all of them; at most `limit`, less those whose envelopes are not here. `last` is what to go on after; the same as `after`: there are no more.
   */
  wordIds(identity: IdentityId, after: number, limit: number): { readonly ids: readonly OpId[]; readonly last: number }
  /** Names under which an identity has feed ops, dropped ones too, in the order of their code units. */
  namesOf(identity: IdentityId): PackageName[]
  /** Identities that have feed ops, dropped ones too, under a name (also where nothing of theirs stands), in the order of their ids. */
  claimants(name: PackageName): IdentityId[]
  /**
   * Envelopes in the order in which their ops came, parents before children: those after the number `after`, where 0 is before all of them; at
   * most `limit`. `last` is what to go on after.
   */
  arrivals(after: number, limit: number): { readonly envelopes: readonly Uint8Array[]; readonly last: number }
  /** Remembers that all ops of a piece of a snapshot are here. */
  noteTaken(chunk: Digest): void
  isTaken(chunk: Digest): boolean
  /** Ops, (identity, name) pairs that have feed ops, and release ops. */
  counts(): CatalogueCounts

  /** Adds or replaces the entry that search shows for (identity, name); of the two `known`, the earlier one stays. */
  putEntry(entry: CatalogueEntry): void
  removeEntry(identity: IdentityId, name: PackageName): void
  /** All entries of that name, one per identity, in the order of their identities. */
  entriesNamed(name: PackageName): CatalogueEntry[]
  /** Entries whose names begin like this, in the order of names, then identities; at most `limit`. */
  entriesUnder(prefix: string, limit: number): CatalogueEntry[]
  /** Entries of the newest releases by their publishers' clocks, newest first, then in the order of names and identities; at most `limit`. */
  newestEntries(limit: number): CatalogueEntry[]
  /**
   * Names that have entries, those that this node heard of first in front, once for each publisher: those after the number `after`, where 0 is before all
   * of them; at most `limit`.
   */
  oldestNames(after: number, limit: number): NamePage
}

export interface NamePage {
  readonly names: readonly PackageName[]
  /** What to go on after. */
  readonly last: number
}

/** An identity that has envelopes of releases, status ops or opinions. */
export interface Publisher {
  readonly identity: IdentityId
  /** What to go on after. */
  readonly place: number
  /** Of those envelopes. */
  readonly bytes: number
}

export interface CatalogueCounts {
  readonly ops: number
  readonly packages: number
  readonly releases: number
}

/** What search shows: derived from the newest acceptable release, never sent over the wire. */
export interface CatalogueEntry {
  readonly identity: IdentityId
  readonly name: PackageName
  readonly version: Version
  readonly digest: Digest
  readonly title: string
  readonly description: string
  readonly tags: readonly string[]
  readonly category: string
  readonly license: string
  readonly author: string
  readonly kind: ReleaseBody['kind']
  /** Whether the package asks for install scripts. */
  readonly scripts: boolean
  /** Its publisher advises against it. */
  readonly deprecated: boolean
  /** Publisher's clock of that release, Unix seconds. */
  readonly at: number
  /** Since when this node has known the package, Unix seconds: nobody else can date it back. */
  readonly known: number
  /** The release op behind this entry. */
  readonly op: FeedOp['id']
}
