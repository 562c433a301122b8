import { type Clock, type FeedOp, GgenError, type IdentityId, LIMITS, type Op, type OpId, type PackageName, type PublicKey } from '#core'
import type { Catalogue } from '#store'
import { mergeEnvelopes, type Opened, openEach, openOp } from '#trust'
import { CatalogueQuota, NO_QUOTA, type QuotaPolicy } from './catalogue-quota.ts'
import { indexPackage } from './index-package.ts'
import { objectionTo } from './judge-op.ts'
import { OpenedOps } from './opened-ops.ts'

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

/** Ops that are judged in one transaction: so many that it pays, so few that the event loop has its turns. */
const SLICE_OPS = 128
/** So many slices are being opened while one is judged: with fewer, whoever opens them has nothing to do now and then. */
const SLICES_AHEAD = 2

/** Membership depends on the ops alone (valid, authorised, parents known), never on taste: nodes with the same ops hold the same set. */
export class Admissions {
  readonly #catalogue: Catalogue
  readonly #clock: Clock
  readonly #quota: CatalogueQuota
  readonly #opened = new OpenedOps()

  constructor(catalogue: Catalogue, clock: Clock, policy: QuotaPolicy = NO_QUOTA) {
    this.#quota = new CatalogueQuota(catalogue, policy)
    this.#catalogue = catalogue
    this.#clock = clock
  }

  /** Decides over one envelope. Throws only what the store throws. */
  admit(envelope: Uint8Array): Admission {
    return this.#judge(openEach([envelope]))[0] ?? { outcome: 'refused', reason: 'nothing' }
  }

  /**
   * Decides over many, in order: yields what became of one slice after the other, and between slices others have their turns. While one is
   * judged, the next ones are opened. Throws what opening and the store throw, and the reason of an aborted signal; what was yielded stays.
   */
  async *admitAll(envelopes: readonly Uint8Array[], openAll: OpenAll, signal: AbortSignal): AsyncGenerator<readonly Admission[]> {
    const coming: Promise<readonly Opened[]>[] = []
    let next = 0
    while (next < envelopes.length || coming.length > 0) {
      while (coming.length <= SLICES_AHEAD && next < envelopes.length) {
        const slice = openAll(envelopes.slice(next, (next += SLICE_OPS)), signal)
        // Its failure shows when it is waited for; nobody does if the caller leaves.
        slice.catch(() => undefined)
        coming.push(slice)
      }
      const opened = await coming.shift()
      signal.throwIfAborted()
      if (opened !== undefined) yield this.#judge(opened)
    }
  }

  /** One transaction; each package that got something new is indexed once. */
  #judge(opened: readonly Opened[]): Admission[] {
    if (!opened.some((each) => each.op !== undefined)) return opened.map((each) => ({ outcome: 'refused', reason: each.fault ?? 'nothing' }))
    const { admissions, dropped } = this.#catalogue.transact(() => {
      const touched = new Map<string, { readonly identity: IdentityId; readonly name: PackageName }>()
      const admissions = opened.map(({ op, fault }): Admission => {
        if (op === undefined) return { outcome: 'refused', reason: fault }
        const admission = this.#one(op)
        if (admission.outcome === 'added') for (const name of this.#namesTouched(op)) touched.set(`${op.identity} ${name}`, { identity: op.identity, name })
        return admission
      })
      const now = Math.floor(this.#clock.now() / 1000)
      for (const { identity, name } of touched.values()) indexPackage(this.#catalogue, { identity, name, reopen: this.#opened.reopen }, now)
      return { admissions, dropped: this.#quota.trim() }
    })
    this.#opened.forgetFeeds()
    this.#quota.tell(dropped)
    return admissions
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
    return 'feed' in op && op.prev !== undefined && this.#catalogue.opBytes(op.prev) === undefined && this.#catalogue.hasOp(op.prev)
  }

  #merge(op: Op, held: Uint8Array): Admission {
    const merged = mergeEnvelopes(held, op.bytes, this.#wantedKeys(op))
    if (Buffer.compare(merged, held) === 0) return { outcome: 'known', op }
    const more = openOp(merged)
    this.#catalogue.putOp(more)
    return { outcome: 'added', op: more }
  }

  #namesTouched(op: Op): readonly PackageName[] {
    return op.type === 'release' || op.type === 'status' ? [op.body.name] : this.#catalogue.namesOf(op.identity)
  }

  #known(id: OpId): Op | undefined {
    const bytes = this.#catalogue.opBytes(id)
    return bytes === undefined ? undefined : this.#opened.reopen(bytes)
  }

  /** Whose signatures must not be crowded out by strangers'. */
  #wantedKeys(op: Op): ReadonlySet<PublicKey> {
    const roles = op.type === 'release' || op.type === 'status' ? this.#known(op.body.roles) : op
    return new Set(roles?.type === 'genesis' || roles?.type === 'roles' ? roles.body.release.map(({ key }) => key) : [])
  }
}

/** For callers that made the op themselves: anything but membership is a defect of theirs or a refusal the user must see. */
export const requireMembership = (admission: Admission): Op => {
  if (admission.outcome === 'added' || admission.outcome === 'known') return admission.op
  if (admission.outcome === 'refused' && admission.reason === 'unauthorised') throw new GgenError('denied', 'this key may not publish under this name')
  throw new GgenError('op-invalid', `our own record was not accepted: ${admission.outcome === 'refused' ? admission.reason : admission.outcome}`)
}
