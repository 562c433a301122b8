import type { Digest, IdentityId, LookAlike, OpId, OpinionStatement, PackageName, PublicKey, Statement, StatusState, Version } from '#core'
import type { SignatureCount } from '#flow/publish'
import type { Signature } from '#trust'
import type { DeliveryTarget } from './marketplace.ts'

/** What publishers say beside releases: of versions that are out, of who may speak for them, and of others. */
export interface Speaking {
  /**
   * Journals the exact payload to sign; nothing is visible yet. Throws `package-not-found`, `version-not-found`, `denied`, `usage`, `conflict`,
   * `range-invalid`, `publish-expired`.
   */
  prepare(request: StatementRequest, signal: AbortSignal): Promise<PreparedStatement>
  /** Envelopes of an identity's own chain, genesis first, as far as this node or a peer knows it; empty for one that nobody here has heard of. */
  chainOf(identity: IdentityId, signal: AbortSignal): Promise<readonly Uint8Array[]>
  /** Records of a publisher that wait for more signatures, oldest first. */
  staged(identity: IdentityId): Promise<readonly StagedRecord[]>
  /**
   * What waits for more signatures, and its exact payload. The archive of a release is brought and verified first, so that nobody approves
   * what is not there. Throws `version-not-found`, and what fetching throws.
   */
  prepareApproval(request: ApprovalRequest, signal: AbortSignal): Promise<PreparedApproval>
  /** Adds signatures to it. Throws `version-not-found`, `op-invalid`, `denied` for keys that may not. */
  approve(op: OpId, signatures: readonly Signature[], signal: AbortSignal): Promise<ApprovedRecord>
  /** Takes the signatures, and from then on never forgets the statement. Throws `publish-expired`, `op-invalid`, `denied`, `disk-full`. */
  commit(intent: OpId, signatures: readonly Signature[], signal: AbortSignal): Promise<StatementReceipt>
}

/** Who speaks, and what is to be said. */
export interface StatementRequest {
  readonly identity: IdentityId
  /** Envelopes of the identity's own chain as far as the speaker has it, genesis first. */
  readonly chain: readonly Uint8Array[]
  /** The release key that will sign a word about a package, or about somebody else. */
  readonly feed: PublicKey
  readonly statement: Statement
}

/** What of a package is to be approved, by its version (absent: the first that waits), or what is said of somebody else, by its id. */
export type ApprovalRequest = Pick<StatementRequest, 'identity' | 'chain'> &
  ({ readonly name: PackageName; readonly version?: Version } | { readonly op: OpId })

/** A record and the signatures that count for it. */
export type StagedRecord = StagedRelease | StagedOpinion

/** What is to be approved: the payload to sign, and where it is a release under a new name, known ones that it can be taken for. */
export type PreparedApproval = StagedRecord & { readonly payload: Uint8Array; readonly lookAlikes?: readonly LookAlike[] }

/** What was approved, and what became of it at registries, as of a release. */
export type ApprovedRecord = StagedRecord & Pick<StatementReceipt, 'targets'>

interface StagedHead extends SignatureCount {
  readonly op: OpId
  readonly identity: IdentityId
  /** Publisher's clock, Unix seconds. */
  readonly at: number
}

/** A release, or what is said of one. */
export interface StagedRelease extends StagedHead {
  readonly name: PackageName
  readonly version: Version | '*'
  /** `release`, or what is said of one. */
  readonly says: 'release' | StatusState
  /** Of the archive of a release. */
  readonly digest?: Digest
}

/** What is said of somebody else. */
export interface StagedOpinion extends StagedHead {
  readonly says: 'opinion'
  readonly opinion: OpinionStatement
}

export interface PreparedStatement {
  readonly intent: OpId
  readonly payload: Uint8Array
}

export interface StatementReceipt {
  readonly op: OpId
  readonly identity: IdentityId
  /** That were told at once; the others hear of it when they compare. */
  readonly peers: number
  /** It waits for more signatures; until then it says nothing. */
  readonly staged?: SignatureCount
  /** As of a release. */
  readonly targets?: readonly DeliveryTarget[]
}
