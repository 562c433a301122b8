import type { AccessRecords, Digest, DomainClaim, IdentityId, KnownDomain, OneRegistry, Op, OpId, PackageName, PinOrigin, Version } from '#core'
import type { ChainKey } from './chain-key.ts'
import type { KeptArchives } from './kept-archives.ts'
import type { PendingDeliveries } from './pending-deliveries.ts'
import type { TrustMemory } from './trust-memory.ts'

/**
 * What this node must never forget: its own signed ops, publishes under way, pins, what domains proved, and which packages it keeps for
 * good. Every method that changes something returns only after the change survives a power failure (SQLite `synchronous=FULL`); in a
 * transaction that holds when the outermost `transact` returns. Synchronous. Bytes given and returned are the caller's own. Every method
 * may throw `store-broken`, those that change something `disk-full`, and all of them `cancelled` after disposing.
 */
export interface TrustStore extends Disposable {
  /** Which peers are banned, and which are always welcome. */
  readonly access: AccessRecords

  /**
   * Runs the synchronous `work` in one transaction; an exception rolls everything back. A transaction inside joins the outer one:
   * it lasts only if that one does, and when it fails and the outer one goes on, only the inner changes are taken back.
   */
  transact<T>(work: () => T): T

  /**
   * Keeps an op of our own, or replaces the envelope of the same op. Throws `publish-expired` when another own op has the same seq in the same chain
   * or feed.
   */
  putOwnOp(op: Op): void
  /** Envelopes of all own ops, oldest first. */
  ownOps(): Uint8Array[]
  /** The own op with the highest seq of a chain or feed. */
  ownHead(chain: ChainKey): FeedHead | undefined

  /**
   * Keeps an intent; replaces one of the same chain or feed that is still `prepared`, and for an opinion one of the same key. Throws `publish-expired` when
   * a `signed` intent or an own op has the same seq there, and `too-busy` above `LIMITS.openIntents`.
   */
  putIntent(intent: Intent): void
  intent(id: OpId): Intent | undefined
  /** Moves an intent on, never back; `signed` needs an envelope. Removing it when it is done is `removeIntent`. Throws `publish-expired` when it is gone. */
  updateIntent(id: OpId, change: { readonly state: IntentState; readonly envelope?: Uint8Array }): void
  removeIntent(id: OpId): void
  /** Oldest first. */
  intents(): Intent[]

  /** The identity that a name is bound to here. */
  pin(name: PackageName): Pin | undefined
  /** In the order of names. */
  pins(): Pin[]
  /** Binds a name; replaces the pin that it had. */
  putPin(pin: Pin): void
  /** Whether the name was bound. */
  removePin(name: PackageName): boolean
  /** Whether anything here is of an identity: an op of our own, a name bound to it, a release of it that is kept, or that it is followed. */
  isDear(identity: IdentityId): boolean

  /** What domains said when they were last asked, and what was proven there. */
  knownDomain(domain: string): KnownDomain | undefined
  /**
   * Replaces what is known of a domain. Above `LIMITS.knownDomains` one goes: where nothing is bound first, then the one that was asked longest
   * ago.
   */
  putKnownDomain(known: KnownDomain): void
  /** What domains proved and that holds here, in the order of the domains; at most `limit`. */
  boundClaims(limit: number): DomainClaim[]

  /**
   * From now on this package's blobs are never dropped for room; replaces what was kept of the same release for the same reason. Throws
   * `too-busy` above `LIMITS.keptPackages`.
   */
  keep(kept: KeptPackage): void
  /** Lets a release go, as far as this reason kept it; false when it did not. */
  unkeep(release: KeptRelease, reason: KeepReason): boolean
  /** Oldest first. */
  keptPackages(): KeptPackage[]
  /** Archives of npm packages that stay. */
  readonly archives: KeptArchives
  /** Whether a kept package has this blob, or it is an archive that stays. From memory: cheap enough to be asked for every blob. */
  isKept(digest: Digest): boolean
  /** The kept releases that have this blob, each once. From memory, too. */
  keptFor(digest: Digest): readonly KeptRelease[]

  readonly memory: TrustMemory

  /** Own ops that registries have still to be handed. */
  readonly deliveries: PendingDeliveries
}

export interface FeedHead {
  readonly seq: number
  readonly head: OpId
}

/** `prepared`: exact payload stored, not yet signed · `signed`: envelope stored; from here on it will be announced, even after a crash. */
export type IntentState = 'prepared' | 'signed'

export interface Intent extends ChainKey {
  readonly id: OpId
  /** Of a release. */
  readonly version?: Version
  readonly seq: number
  readonly payload: Uint8Array
  readonly envelope?: Uint8Array
  /** Who alone is told of it; absent: everybody. */
  readonly tells?: OneRegistry
  readonly state: IntentState
  /** Unix milliseconds. */
  readonly createdAt: number
}

export interface Pin {
  readonly name: PackageName
  readonly identity: IdentityId
  /** Unix milliseconds. */
  readonly since: number
  readonly how: PinOrigin
}

/** `pin`: the user wants these bytes to be here, always · `own`: published from this node. Another thing than the `Pin` of a name. */
export type KeepReason = 'pin' | 'own'

/** Which release of whom. */
export interface KeptRelease {
  readonly name: PackageName
  readonly version: Version
  readonly identity: IdentityId
}

/** A release whose blobs stay, however full the store becomes. */
export interface KeptPackage extends KeptRelease {
  readonly reason: KeepReason
  /** Of the archive. */
  readonly digest: Digest
  /** Every other blob that belongs to it: metadata, chunk list; at most `LIMITS.keptBlobsPerPackage`. */
  readonly blobs: readonly Digest[]
  /** Unix milliseconds. */
  readonly since: number
}
