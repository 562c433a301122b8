import assert from 'node:assert/strict'
import { type Digest, type DomainClaim, type IdentityId, type KnownDomain, LIMITS, type Op, type OpId, type PackageName } from '#core'
import { type ChainKey, chainOf } from './chain-key.ts'
import { MemoryTrustMemory } from './memory-trust-memory.ts'
import { MemoryPendingDeliveries } from './memory-pending-deliveries.ts'
import { MemoryKeptArchives } from './memory-kept-archives.ts'
import { MemoryAccessRecords } from './memory-access-records.ts'
import { intentGone, placeTaken, storeClosed, tooManyIntents, tooManyKept } from './refusals.ts'
import type { FeedHead, Intent, IntentState, KeepReason, KeptPackage, KeptRelease, Pin, TrustStore } from './trust-store.ts'
import { setIn, UndoLog } from './undo-log.ts'

/** A trust store that lives as long as the process. Indistinguishable from the one on disk, apart from being forgotten. */
export const memoryTrustStore = (): TrustStore => new MemoryTrustStore()

interface OwnOp {
  readonly id: OpId
  /** Identity, name and key: the chain that the op belongs to. */
  readonly feed: string
  readonly seq: number
  readonly bytes: Uint8Array
  /** Grows with every new op: the order of `ownOps`. */
  readonly position: number
}

interface StoredIntent {
  readonly intent: Intent
  readonly feed: string
  readonly position: number
}

interface StoredKept {
  readonly kept: KeptPackage
  readonly position: number
}

class MemoryTrustStore implements TrustStore {
  readonly #undo = new UndoLog()
  readonly access = new MemoryAccessRecords(this.#undo, () => this.#assertOpen())
  readonly #ops = new Map<OpId, OwnOp>()
  readonly #intents = new Map<OpId, StoredIntent>()
  readonly #pins = new Map<PackageName, Pin>()
  readonly memory = new MemoryTrustMemory(this.#undo, () => this.#assertOpen())
  readonly deliveries = new MemoryPendingDeliveries(this.#undo, () => this.#assertOpen())
  readonly archives = new MemoryKeptArchives(this.#undo, () => this.#assertOpen())
  readonly #domains = new Map<string, KnownDomain>()
  readonly #kept = new Map<string, StoredKept>()
  #position = 0
  #closed = false

  transact<T>(work: () => T): T {
    this.#assertOpen()
    return this.#undo.transact(work)
  }

  putOwnOp(op: Op): void {
    this.#assertOpen()
    const feed = feedKey(chainOf(op))
    const rival = this.#ownAt(feed, op.seq)
    if (rival !== undefined && rival.id !== op.id) throw placeTaken(op.id)
    this.#position += 1
    const position = rival?.position ?? this.#position
    setIn(this.#undo, this.#ops, { key: op.id, value: { id: op.id, feed, seq: op.seq, bytes: op.bytes.slice(), position } })
  }

  ownOps(): Uint8Array[] {
    this.#assertOpen()
    return [...this.#ops.values()].sort((a, b) => a.position - b.position).map((op) => op.bytes.slice())
  }

  ownHead(chain: ChainKey): FeedHead | undefined {
    this.#assertOpen()
    const key = feedKey(chain)
    const last = [...this.#ops.values()].filter((op) => op.feed === key).sort((a, b) => b.seq - a.seq)[0]
    return last && { seq: last.seq, head: last.id }
  }

  putIntent(intent: Intent): void {
    this.transact(() => {
      const feed = feedKey(intent)
      const stored = [...this.#intents.values()]
      const isTaken = stored.some(({ feed: other, intent: rival }) => other === feed && rival.state === 'signed' && rival.seq === intent.seq)
      if (isTaken || this.#ownAt(feed, intent.seq) !== undefined) throw placeTaken(intent.id)
      const rivals = stored.filter((one) => one.intent.state === 'prepared' && (one.feed === feed || isOpinionOfSame(one.intent, intent)))
      for (const { intent: rival } of rivals) this.removeIntent(rival.id)
      if (this.#intents.size >= LIMITS.openIntents) throw tooManyIntents()
      this.#position += 1
      setIn(this.#undo, this.#intents, { key: intent.id, value: { intent: copied(intent), feed, position: this.#position } })
    })
  }

  intent(id: OpId): Intent | undefined {
    this.#assertOpen()
    const stored = this.#intents.get(id)
    return stored && copied(stored.intent)
  }

  updateIntent(id: OpId, change: { readonly state: IntentState; readonly envelope?: Uint8Array }): void {
    this.#assertOpen()
    const stored = this.#intents.get(id)
    if (stored === undefined) throw intentGone(id)
    const intent = copied({ ...stored.intent, ...change })
    assert(intent.state === 'signed' ? intent.envelope !== undefined : stored.intent.state === 'prepared', 'signed means that there is an envelope, for good')
    setIn(this.#undo, this.#intents, { key: id, value: { ...stored, intent } })
  }

  removeIntent(id: OpId): void {
    this.#assertOpen()
    setIn(this.#undo, this.#intents, { key: id, value: undefined })
  }

  intents(): Intent[] {
    this.#assertOpen()
    return [...this.#intents.values()].sort((a, b) => a.position - b.position).map((stored) => copied(stored.intent))
  }

  pin(name: PackageName): Pin | undefined {
    this.#assertOpen()
    return this.#pins.get(name)
  }

  pins(): Pin[] {
    this.#assertOpen()
    return [...this.#pins.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  removePin(name: PackageName): boolean {
    this.#assertOpen()
    const was = this.#pins.has(name)
    setIn(this.#undo, this.#pins, { key: name, value: undefined })
    return was
  }

  putPin(pin: Pin): void {
    this.#assertOpen()
    setIn(this.#undo, this.#pins, { key: pin.name, value: { ...pin } })
  }

  knownDomain(domain: string): KnownDomain | undefined {
    this.#assertOpen()
    const known = this.#domains.get(domain)
    return known && structuredClone(known)
  }

  putKnownDomain(known: KnownDomain): void {
    this.#assertOpen()
    setIn(this.#undo, this.#domains, { key: known.domain, value: structuredClone(known) })
    if (this.#domains.size <= LIMITS.knownDomains) return
    const first = [...this.#domains.values()].reduce((least, other) => (isLessDear(other, least) ? other : least))
    setIn(this.#undo, this.#domains, { key: first.domain, value: undefined })
  }

  boundClaims(limit: number): DomainClaim[] {
    this.#assertOpen()
    const domains = [...this.#domains.values()].sort((a, b) => (a.domain < b.domain ? -1 : 1))
    return domains.flatMap(({ memory }) => memory.bound.map(({ prefix, identity }) => ({ prefix, identity }))).slice(0, limit)
  }

  isDear(identity: IdentityId): boolean {
    this.#assertOpen()
    const isTheirs = (feed: string): boolean => feed === identity || feed.startsWith(`${identity} `)
    if ([...this.#ops.values()].some((op) => isTheirs(op.feed))) return true
    if (this.memory.followed().some((one) => one.identity === identity)) return true
    return [...this.#pins.values()].some((pin) => pin.identity === identity) || [...this.#kept.keys()].some(isTheirs)
  }

  keep(kept: KeptPackage): void {
    this.#assertOpen()
    assert(kept.blobs.length <= LIMITS.keptBlobsPerPackage, 'a package has few blobs')
    const key = keptKey(kept, kept.reason)
    const before = this.#kept.get(key)
    if (before === undefined && this.#kept.size >= LIMITS.keptPackages) throw tooManyKept()
    this.#position += 1
    setIn(this.#undo, this.#kept, { key, value: { kept: structuredClone(kept), position: before?.position ?? this.#position } })
  }

  unkeep(release: KeptRelease, reason: KeepReason): boolean {
    this.#assertOpen()
    const key = keptKey(release, reason)
    const wasKept = this.#kept.has(key)
    setIn(this.#undo, this.#kept, { key, value: undefined })
    return wasKept
  }

  keptPackages(): KeptPackage[] {
    this.#assertOpen()
    return [...this.#kept.values()].sort((a, b) => a.position - b.position).map(({ kept }) => structuredClone(kept))
  }

  isKept(digest: Digest): boolean {
    this.#assertOpen()
    return this.archives.has(digest) || [...this.#kept.values()].some(({ kept }) => kept.digest === digest || kept.blobs.includes(digest))
  }

  keptFor(digest: Digest): readonly KeptRelease[] {
    const kept = this.keptPackages().filter((one) => one.digest === digest || one.blobs.includes(digest))
    return [...new Map(kept.map(({ identity, name, version }) => [`${identity} ${name} ${version}`, { identity, name, version }])).values()]
  }

  [Symbol.dispose](): void {
    this.#closed = true
  }

  #ownAt(feed: string, seq: number): OwnOp | undefined {
    return [...this.#ops.values()].find((op) => op.feed === feed && op.seq === seq)
  }

  #assertOpen(): void {
    if (this.#closed) throw storeClosed()
  }
}

const feedKey = ({ identity, name, opinion, feed }: ChainKey): string =>
  feed === undefined ? identity : `${identity} ${opinion === undefined ? name : `!${opinion}`} ${feed}`

const isOpinionOfSame = (a: ChainKey, b: ChainKey): boolean =>
  a.opinion !== undefined && b.opinion !== undefined && a.identity === b.identity && a.feed === b.feed

const isLessDear = (a: KnownDomain, b: KnownDomain): boolean => {
  const [aBound, bBound] = [a.memory.bound.length > 0, b.memory.bound.length > 0]
  if (aBound !== bBound) return bBound
  return a.askedAt === b.askedAt ? a.domain < b.domain : a.askedAt < b.askedAt
}

const keptKey = ({ name, version, identity }: KeptRelease, reason: KeepReason): string => `${identity} ${name} ${version} ${reason}`

const copied = ({ envelope, ...intent }: Intent): Intent => ({
  ...intent,
  payload: intent.payload.slice(),
  ...(envelope === undefined ? {} : { envelope: envelope.slice() }),
})
