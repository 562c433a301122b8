import { type ChainOp, type FeedOp, type IdentityId, isChainOp, isFeedOp, LIMITS, type Op, type OpId, type PackageName, type ReleaseOp } from '#core'
import type { Catalogue } from '#store'
import { type IdentityView, PackageLedger, type ReleaseFacts, type ReleaseView, type StatusFacts, viewIdentity } from '#trust'
import { NewestRelease } from './newest-release.ts'
import { OpFacts } from './op-facts.ts'
import type { Reopen } from './opened-ops.ts'
import { Remembered } from './remembered.ts'

interface Kept {
  /** Of the chain under which it was added up: whoever has the head has the chain. */
  readonly head: OpId
  readonly ledger: PackageLedger<ReleaseFacts, StatusFacts>
  readonly newest: NewestRelease
  readonly facts: OpFacts
}

/** From how many ops on something stays, and how many bytes of it. */
export interface LedgerBounds {
  readonly ops: number
  readonly bytes: number
  readonly chainBytes: number
}

const BOUNDS: LedgerBounds = { ops: LIMITS.ledgerOps, bytes: LIMITS.ledgerBytes, chainBytes: LIMITS.ledgerChainBytes }

/** What a parsed op takes, in times of its envelope. */
const PARSED = 4

const sizeOf = (ops: readonly Op[]): number => ops.reduce((sum, { bytes }) => sum + bytes.length, 0)
const keyOf = (identity: IdentityId, name: PackageName): string => `${identity} ${name}`

/**
 * What the ops of packages add up to, by a catalogue to which one writer adds and who tells of everything. Of packages with many ops, those that were
 * used last stay added up, so that one more op costs the same however many there are; the others are read again. Which ones stay makes no difference
 * to what is said of them.
 */
export class PackageLedgers {
  readonly #catalogue: Catalogue
  readonly #reopen: Reopen
  readonly #least: number
  readonly #packages: Remembered<string, Kept>
  readonly #chains: Remembered<IdentityId, IdentityView>
  #takenBack: number

  constructor(catalogue: Catalogue, reopen: Reopen, { ops, bytes, chainBytes } = BOUNDS) {
    this.#catalogue = catalogue
    this.#reopen = reopen
    this.#least = ops
    this.#packages = new Remembered(bytes)
    this.#chains = new Remembered(chainBytes)
    this.#takenBack = catalogue.takenBack
  }

  /** To be called when an op was put into the catalogue. */
  put(op: Op): void {
    this.#check()
    if (isChainOp(op)) this.#chains.delete(op.identity)
    if (!isFeedOp(op)) return
    const key = keyOf(op.identity, op.body.name)
    const kept = this.#packages.get(key)
    if (kept === undefined) return
    kept.ledger.put(kept.facts.of(op))
    this.#packages.grow(key, op.bytes.length)
  }

  /** To be called when envelopes of an identity were dropped. */
  forget(identity: IdentityId): void {
    for (const key of this.#packages.keys()) if (key.startsWith(identity)) this.#packages.delete(key)
  }

  identity(identity: IdentityId): IdentityView | undefined {
    this.#check()
    const known = this.#chains.get(identity)
    if (known !== undefined) return known
    const ops = this.#catalogue.chainOps(identity).map((bytes) => this.#reopen(bytes) as ChainOp)
    const view = viewIdentity(identity, ops)
    if (view !== undefined && ops.length >= this.#least) this.#chains.set(identity, view, sizeOf(ops))
    return view
  }

  /** The release of a package that search shows, under the chain as it is. */
  newest(who: IdentityView, name: PackageName): Pick<ReleaseView, 'release' | 'standing'> | undefined {
    this.#check()
    const kept = this.#packages.get(keyOf(who.identity, name))
    const found = (kept?.head === who.head ? kept : this.#read(who, name)).newest.get()
    const envelope = found === undefined ? undefined : this.#catalogue.opBytes(found.release.id)
    return found === undefined || envelope === undefined ? undefined : { release: this.#reopen(envelope) as ReleaseOp, standing: found.standing }
  }

  #read(who: IdentityView, name: PackageName): Kept {
    const ops = this.#catalogue.feedOps(who.identity, name).map((bytes) => this.#reopen(bytes) as FeedOp)
    const [ledger, facts] = [new PackageLedger<ReleaseFacts, StatusFacts>(who, name), new OpFacts()]
    for (const op of ops) ledger.put(facts.of(op))
    const read = { head: who.head, ledger, newest: new NewestRelease(ledger), facts }
    if (ops.length >= this.#least) this.#packages.set(keyOf(who.identity, name), read, sizeOf(ops) + PARSED * sizeOf(who.chain))
    return read
  }

  /** What was taken back since may be in what is remembered. */
  #check(): void {
    if (this.#takenBack === this.#catalogue.takenBack) return
    this.#takenBack = this.#catalogue.takenBack
    this.#packages.clear()
    this.#chains.clear()
  }
}
