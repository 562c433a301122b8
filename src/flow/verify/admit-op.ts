import { type Clock, type FeedOp, type IdentityId, isChainOp, isFeedOp, LIMITS, type Op, type OpId, type PackageName, type PublicKey } from '#core'
import type { Catalogue } from '#store'
import { isFullySigned, mergeEnvelopes, type Opened, openEach, openOp } from '#trust'
import { CatalogueQuota, type Dropped, NO_QUOTA, type QuotaPolicy } from './catalogue-quota.ts'
import { indexPackages } from './index-package.ts'
import { objectionTo } from './judge-op.ts'
import { OpenedOps } from './opened-ops.ts'
import { PackageLedgers } from './package-ledgers.ts'

/**
 * What became of an op that somebody handed us.
 * `added`: new to the set (or with more co-signatures) · `known`: nothing to add, or only its place, for want of room ·
 * `orphan`: valid, but `missing` ops must come first ·
 * `early`: dated too far in the future, try again later · `refused`: no honest node would send it.
 */
export type Admission =
  | { readonly outcome: 'added' | 'known'; readonly op: Op }
  | { readonly outcome: 'orphan'; readonly op: Op; readonly missing: readonly OpId[] }
  | { readonly outcome: 'early'; readonly op: Op }
  | { readonly outcome: 'refused'; readonly reason: string }

/** Decides over one envelope and, when it is good, makes it a member of the catalogue. Throws only what the store throws. */
export type Admit = (envelope: Uint8Array) => Admission

/** Opens envelopes, in order, wherever that is quickest. */
export type OpenAll = (envelopes: readonly Uint8Array[], signal: AbortSignal) => Promise<readonly Opened[]>

export interface Admitting {
  readonly openAll: OpenAll
  readonly signal: AbortSignal
  /** Nothing is decided before; when it fails, nothing at all. */
  readonly after?: Promise<unknown>
}

/**
 * Ops that are judged at once, between turns of the event loop: as many as take about so many milliseconds. With fewer than some, a package
 * whose ops are in many slices would be indexed too often.
 */
const SLICE_OPS = { least: 32, most: 128 }
const SLICE_MS = { least: 8, most: 20 }
/** Ops that are written together, although others have their turns meanwhile: most of the pages that they change are the same. */
const COMMIT_OPS = 512
/** So many are being opened while others are judged: with fewer, whoever opens them has nothing to do now and then. */
const OPS_AHEAD = 384

/** Membership depends on the ops alone (valid, authorised, parents known), never on taste: nodes with the same ops hold the same set. */
export class Admissions {
  readonly #catalogue: Catalogue
  readonly #clock: Clock
  readonly #quota: CatalogueQuota
  readonly #opened = new OpenedOps()
  readonly #ledgers: PackageLedgers
  /** What was dropped in transactions that do not stand yet. */
  #untold: readonly Dropped[] = []
  #sliceOps = SLICE_OPS.most

  constructor(catalogue: Catalogue, clock: Clock, policy: QuotaPolicy = NO_QUOTA) {
    this.#quota = new CatalogueQuota(catalogue, policy)
    this.#ledgers = new PackageLedgers(catalogue, this.#opened.reopen)
    this.#catalogue = catalogue
    this.#clock = clock
  }

  /** Decides over one envelope. Throws only what the store throws. */
  admit(envelope: Uint8Array): Admission {
    return this.#judge(openEach([envelope]), 'transact')[0] ?? { outcome: 'refused', reason: 'nothing' }
  }

  /**
   * Decides over many, in order: yields what became of one slice after the other, and between slices others have their turns. While one is
   * judged, or `after` is waited for, the next ones are opened. Throws what opening and the store throw, and the reason of an aborted signal; what
   * was yielded stays, but for a few slices when the store fails.
   */
  async *admitAll(envelopes: readonly Uint8Array[], { openAll, signal, after }: Admitting): AsyncGenerator<readonly Admission[]> {
    const coming: Promise<readonly Opened[]>[] = []
    let [next, judged, settled] = [0, 0, 0]
    try {
      while (next < envelopes.length || coming.length > 0) {
        while (next < envelopes.length && (coming.length === 0 || next < judged + OPS_AHEAD)) {
          const slice = openAll(envelopes.slice(next, (next += this.#sliceOps)), signal)
          // Its failure shows when it is waited for; nobody does if the caller leaves.
          slice.catch(() => undefined)
          coming.push(slice)
        }
        await after
        const opened = (await coming.shift()) ?? []
        signal.throwIfAborted()
        yield this.#judge(opened, 'gather')
        judged += opened.length
        if (judged - settled < COMMIT_OPS) continue
        this.#settle()
        settled = judged
      }
    } finally {
      this.#settle()
    }
  }

  /** Whole or not at all; each package that got something new is indexed once. */
  #judge(opened: readonly Opened[], how: 'transact' | 'gather'): Admission[] {
    if (!opened.some((each) => each.op !== undefined)) return opened.map((each) => ({ outcome: 'refused', reason: each.fault ?? 'nothing' }))
    const began = this.#clock.monotonic()
    if (how === 'transact') this.#settle()
    const untold = this.#untold
    // Should the store fail, what was gathered is taken back.
    this.#untold = []
    const { admissions, dropped } = this.#catalogue[how](() => {
      const touched = new Map<IdentityId, Set<PackageName>>()
      const admissions = opened.map(({ op, fault }): Admission => {
        if (op === undefined) return { outcome: 'refused', reason: fault }
        const admission = this.#one(op)
        if (admission.outcome === 'added') {
          const names = touched.get(op.identity) ?? new Set()
          touched.set(op.identity, names)
          for (const name of this.#namesTouched(op)) names.add(name)
        }
        return admission
      })
      const now = Math.floor(this.#clock.now() / 1000)
      for (const [identity, names] of touched) indexPackages(this.#catalogue, { identity, names, ledgers: this.#ledgers }, now)
      const dropped = this.#quota.trim()
      for (const { identity } of dropped) this.#ledgers.forget(identity)
      return { admissions, dropped }
    })
    this.#opened.forgetMany()
    this.#untold = [...untold, ...dropped]
    if (how === 'transact') this.#settle()
    this.#adapt(opened.length, this.#clock.monotonic() - began)
    return admissions
  }

  /** Makes lasting what was gathered, and tells what it made room for. */
  #settle(): void {
    const dropped = this.#untold
    this.#untold = []
    this.#catalogue.settle()
    this.#quota.tell(dropped)
  }

  /** Learns from whole slices of the present size. */
  #adapt(ops: number, tookMs: number): void {
    if (ops !== this.#sliceOps) return
    if (tookMs > SLICE_MS.most) this.#sliceOps = Math.max(SLICE_OPS.least, ops / 2)
    else if (tookMs < SLICE_MS.least) this.#sliceOps = Math.min(SLICE_OPS.most, ops * 2)
  }

  #one(op: Op): Admission {
    const held = this.#catalogue.opBytes(op.id)
    if (held !== undefined) return this.#merge(op, held)
    if (op.at > this.#clock.now() / 1000 + LIMITS.opClockSkewSeconds) return { outcome: 'early', op }
    // What is dear comes whole, also when it was dropped before; what it stands on then has to come again as well.
    if (this.#catalogue.hasOp(op.id) && !this.#quota.isDear(op.identity)) return { outcome: 'known', op }
    if (this.#followsDropped(op) && !this.#quota.isDear(op.identity)) return this.#standIn(op)
    const objection = objectionTo(op, (id) => this.#known(id))
    if (objection !== undefined) return objection.outcome === 'orphan' ? { ...objection, op } : objection
    if (!this.#quota.hasRoom(op)) return this.#keepPlace(op)
    this.#catalogue.putOp(op, this.#clock.now())
    this.#opened.remember(op)
    this.#ledgers.put(op)
    if (this.#waits(op)) this.#catalogue.noteWaiting(op.id, true)
    return { outcome: 'added', op }
  }

  /** Judges an op whose parent was dropped by the rest; whether it continues that one, nobody here can say, so it stays out of sight. */
  #standIn(op: FeedOp): Admission {
    const { prev: _prev, ...alone } = op
    const objection = objectionTo(alone, (id) => this.#known(id))
    if (objection !== undefined) return objection.outcome === 'orphan' ? { ...objection, op } : objection
    return this.#keepPlace(op)
  }

  #keepPlace(op: Op): Admission {
    this.#catalogue.putStub(op, this.#clock.now())
    return { outcome: 'known', op }
  }

  #followsDropped(op: Op): op is FeedOp {
    return isFeedOp(op) && op.prev !== undefined && this.#catalogue.opBytes(op.prev) === undefined && this.#catalogue.hasOp(op.prev)
  }

  #merge(op: Op, held: Uint8Array): Admission {
    const merged = mergeEnvelopes(held, op.bytes, this.#wantedKeys(op))
    if (Buffer.compare(merged, held) === 0) return { outcome: 'known', op }
    const more = openOp(merged)
    this.#catalogue.putOp(more)
    this.#ledgers.put(more)
    if (!this.#waits(more)) this.#catalogue.noteWaiting(more.id, false)
    return { outcome: 'added', op: more }
  }

  /** Whether others have to sign it before it says anything. */
  #waits(op: Op): boolean {
    if (isChainOp(op)) return false
    const roles = this.#known(op.body.roles)
    return (roles?.type === 'genesis' || roles?.type === 'roles') && !isFullySigned(op, roles.body)
  }

  #namesTouched(op: Op): readonly PackageName[] {
    if (isFeedOp(op)) return [op.body.name]
    return isChainOp(op) ? this.#catalogue.namesOf(op.identity) : []
  }

  #known(id: OpId): Op | undefined {
    const bytes = this.#catalogue.opBytes(id)
    return bytes === undefined ? undefined : this.#opened.reopen(bytes)
  }

  /** Whose signatures must not be crowded out by strangers'. */
  #wantedKeys(op: Op): ReadonlySet<PublicKey> {
    const roles = isChainOp(op) ? op : this.#known(op.body.roles)
    return new Set(roles !== undefined && isChainOp(roles) ? roles.body.release.map(({ key }) => key) : [])
  }
}
