import { type IdentityId, type OpId, type PackageName, type PublicKey, type Roles, type StatusState, type Version, versionSlot } from '#core'
import { isFullySigned, isUnexpired, keysForName } from './authorise.ts'
import { compareOps, compareText } from './compare-ops.ts'
import { ConfirmedLine } from './confirmed-line.ts'
import type { ReleaseFacts, StatusFacts } from './feed-facts.ts'
import { type Feed, type FeedChange, FeedLine } from './feed-line.ts'
import { ForkClaims } from './fork-claims.ts'
import { LastWords, subjectOf } from './last-words.ts'
import { SlotClaims } from './slot-claims.ts'
import type { IdentityView } from './view-identity.ts'
import type { PackageView, ReleaseView } from './view-package.ts'

interface Link {
  /** Its place in the chain. */
  readonly age: number
  readonly roles: Roles
  readonly keys: ReturnType<typeof keysForName>
}

interface KeptFeed<R, T> {
  readonly feed: Feed<T>
  readonly forkClaims: R
}

const isRelease = <R extends ReleaseFacts, S extends StatusFacts>(op: R | S): op is R => op.type === 'release'

/**
 * What the ops about one package add up to, op by op, under roles of its identity that stay as they are: the order in which they come does not matter,
 * and one more costs the same however many there are. `R` and `S` are whole ops, or as much of them as a view looks at.
 */
export class PackageLedger<R extends ReleaseFacts, S extends StatusFacts> {
  readonly #identity: IdentityId
  readonly #name: PackageName
  readonly #revoked: IdentityView['revoked']
  /** The roles that were ever in force, by the op that set them. */
  readonly #links: ReadonlyMap<OpId, Link>
  readonly #feeds = new Map<PublicKey, KeptFeed<ForkClaims<R>, R | S>>()
  readonly #slots = new Map<Version, SlotClaims<R>>()
  readonly #words = new LastWords<S>()
  /** The words that say what a tag means. */
  readonly #tagging = new Set<S>()
  #changed = new Set<Version>()
  #isAllChanged = false

  constructor({ identity, chain, revoked }: IdentityView, name: PackageName) {
    this.#identity = identity
    this.#name = name
    this.#revoked = revoked
    this.#links = new Map(chain.map((op, age) => [op.id, { age, roles: op.body, keys: keysForName(op.body, name) }]))
  }

  /** Adds an op, or puts it in the place of the same one with fewer signatures. What is of others, or of nobody who may say it, changes nothing. */
  put(op: R | S): void {
    if (op.identity !== this.#identity || op.body.name !== this.#name || !this.#isLink(op)) return
    const kept = this.#feedOf(op.feed)
    if (kept !== undefined) this.#apply(kept, kept.feed.put(op))
  }

  /** Slots of which something may have changed since this was asked last, those that are gone among them. */
  takeChanged(): ReadonlySet<Version> {
    const changed = this.#isAllChanged ? this.#changed.union(this.#slots) : this.#changed
    this.#changed = new Set()
    this.#isAllChanged = false
    return changed
  }

  slots(): Iterable<Version> {
    return this.#slots.keys()
  }

  /** `undefined`: nothing claims the slot. */
  standing(slot: Version): StatusState | 'disputed' | undefined {
    return this.#slots.get(slot)?.standing(this.#words.on(slot))
  }

  release(slot: Version): ReleaseView<R> | undefined {
    return this.#slots.get(slot)?.view(slot, this.#words.on(slot))
  }

  /** Everything, in an order of its own. */
  view(): PackageView<R, R | S> {
    const feeds = [...this.#feeds].sort(([a], [b]) => compareText(a, b)).map(([key, { feed: { line, fork } }]) =>
      ({ feed: key, line, fork, last: line.at(-1) }))
    const releases = new Map<Version, ReleaseView<R>>()
    for (const slot of [...this.#slots.keys()].sort(compareText)) {
      const view = this.release(slot)
      if (view !== undefined) releases.set(slot, view)
    }
    return {
      name: this.#name,
      releases,
      tags: this.#tags(),
      suspended: feeds.filter(({ fork }) => fork.size > 0).map(({ feed, last }) => ({ feed, at: last?.id })),
      staged: feeds.flatMap(({ line }) => line.filter((op) => !this.#counts(op))),
      heads: new Map(feeds.flatMap(({ feed, last }) => (last === undefined ? [] : [[feed, { seq: last.seq, head: last.id }] as const]))),
    }
  }

  #tags(): PackageView['tags'] {
    const said = [...this.#tagging].sort(compareOps).flatMap(({ at, body: { tag } }) => (tag === undefined ? [] : [[tag.name, { ...tag, at }] as const]))
    return new Map([...new Map(said)].sort(([a], [b]) => compareText(a, b)))
  }

  /**
   * Whether an op has a place in its feed. One that waits for more signatures has one like any other: its owner has said it, and two different ones at
   * one place are as much proof of misuse.
   */
  #isLink(op: R | S): boolean {
    const key = this.#links.get(op.body.roles)?.keys.get(op.feed)
    return key !== undefined && op.signers.has(op.feed) && isUnexpired(key, op.at)
  }

  /** Whether it says something. */
  #counts(op: R | S): boolean {
    const link = this.#links.get(op.body.roles)
    return link !== undefined && isFullySigned(op, link.roles, link.keys)
  }

  /** `undefined`: the key was revoked, and nothing of it was confirmed. */
  #feedOf(key: PublicKey): KeptFeed<ForkClaims<R>, R | S> | undefined {
    const known = this.#feeds.get(key)
    if (known !== undefined) return known
    const confirmed = this.#revoked.get(key)
    const head = confirmed?.get(this.#name)
    if (confirmed !== undefined && head === undefined) return undefined
    const age = (op: R | S): number => this.#links.get(op.body.roles)?.age ?? -1
    const made = { feed: head === undefined ? new FeedLine<R | S>(age) : new ConfirmedLine<R | S>(head, age), forkClaims: new ForkClaims<R>() }
    this.#feeds.set(key, made)
    return made
  }

  #apply({ feed, forkClaims }: KeptFeed<ForkClaims<R>, R | S>, { left, joined, unforked, forked }: FeedChange<R | S>): void {
    for (const op of left) if (this.#counts(op)) this.#unsay(op)
    // What the fork claimed is put together anew: it forked earlier, or one of its ops got more signatures.
    if (unforked.length > 0) for (const claim of forkClaims.clear()) this.#unclaim(claim)
    for (const op of joined) if (this.#counts(op)) this.#say(op)
    for (const op of unforked.length > 0 ? feed.fork.values() : forked) {
      if (isRelease(op) && this.#counts(op)) for (const claim of forkClaims.add(op)) this.#claim(claim)
    }
  }

  #say(op: R | S): void {
    if (isRelease(op)) return this.#claim(op)
    this.#words.add(op)
    if (op.body.tag !== undefined) this.#tagging.add(op)
    this.#noteWord(op)
  }

  #unsay(op: R | S): void {
    if (isRelease(op)) return this.#unclaim(op)
    this.#words.delete(op)
    this.#tagging.delete(op)
    this.#noteWord(op)
  }

  #claim(release: R): void {
    const slot = versionSlot(release.body.version)
    const claims = this.#slots.get(slot) ?? new SlotClaims<R>()
    this.#slots.set(slot, claims)
    claims.add(release)
    this.#changed.add(slot)
  }

  #unclaim(release: R): void {
    const slot = versionSlot(release.body.version)
    const claims = this.#slots.get(slot)
    claims?.delete(release)
    if (claims?.size === 0) this.#slots.delete(slot)
    this.#changed.add(slot)
  }

  #noteWord(word: S): void {
    const subject = subjectOf(word)
    if (subject === '*') this.#isAllChanged = true
    else this.#changed.add(subject)
  }
}
