import type { IdentityId, Op, OpId, PackageName, PublicKey, Version } from '#core'

/**
 * What this node must never forget: its own signed ops, publishes under way, and pins. Every method that changes something
 * returns only after the change survives a power failure (SQLite `synchronous=FULL`). Synchronous.
 */
export interface TrustStore extends Disposable {
  /** Runs `work` in one transaction; an exception rolls everything back. Nesting joins the outer transaction. */
  transact<T>(work: () => T): T

  /** Keeps an op of our own (genesis, or a signed release). */
  putOwnOp(op: Op): void
  /** Envelopes of all own ops, oldest first. */
  ownOps(): Uint8Array[]
  /** The last own op of a feed. */
  ownHead(identity: IdentityId, name: PackageName, feed: PublicKey): FeedHead | undefined

  /** Keeps an intent; replaces one that has the same feed and is still `prepared`. Throws `too-busy` above the limit of open intents. */
  putIntent(intent: Intent): void
  intent(id: OpId): Intent | undefined
  /** Moves an intent on; removing it when it is done is `removeIntent`. Throws `publish-expired` when it is gone. */
  updateIntent(id: OpId, change: { readonly state: IntentState; readonly envelope?: Uint8Array }): void
  removeIntent(id: OpId): void
  /** Oldest first. */
  intents(): Intent[]

  /** The identity that this node has bound to a name at first use. */
  pin(name: PackageName): Pin | undefined
  putPin(pin: Pin): void
}

export interface FeedHead {
  readonly seq: number
  readonly head: OpId
}

/** `prepared`: exact payload stored, not yet signed · `signed`: envelope stored; from here on it will be announced, even after a crash. */
export type IntentState = 'prepared' | 'signed'

export interface Intent {
  readonly id: OpId
  readonly identity: IdentityId
  readonly feed: PublicKey
  readonly name: PackageName
  readonly version: Version
  readonly seq: number
  readonly payload: Uint8Array
  readonly envelope?: Uint8Array
  readonly state: IntentState
  /** Unix milliseconds. */
  readonly createdAt: number
}

export interface Pin {
  readonly name: PackageName
  readonly identity: IdentityId
  /** Unix milliseconds. */
  readonly since: number
}
