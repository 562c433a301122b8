import type {
  Digest, ErrorCode, IdentityId, LookAlike, Mirror, OneRegistry, OpId, OpinionStatement, PackageName, PinOrigin, PublicKey, RegistryId, Statement, StatusState,
  Version,
} from '#core'

/** `POST /v1/publish/prepare`; bytes travel as base64. */
export interface PrepareQuestion {
  /** Absolute. */
  readonly path: string
  readonly identity: IdentityId
  /** Envelopes of the identity's own chain, genesis first. */
  readonly chain: readonly Uint8Array[]
  readonly feed: PublicKey
  /** What it is a copy of, where the publisher is not its author. */
  readonly mirror?: Mirror
  /** Who alone is told of it now; absent: peers, and the central registry where there is one. */
  readonly tells?: OneRegistry
}

/** Something to sign, or the receipt of the very same release published before. */
export type PrepareReply =
  | {
      readonly state: 'unsigned'; readonly intent: OpId; readonly payload: Uint8Array; readonly name: PackageName; readonly version: Version
      /** Where the name is new: known ones that it can be taken for; absent where there are none. */
      readonly lookAlikes?: readonly LookAlike[]
    }
  | { readonly state: 'published'; readonly receipt: ReceiptReply }

/** One signature of a payload, as `POST /v1/publish/commit` and `POST /v1/statements/commit` take them: `{intent, signatures}`. */
export interface SignatureQuestion {
  readonly key: PublicKey
  readonly signature: Uint8Array
}

/** `POST /v1/statements/prepare`: what a publisher says beside releases. */
export interface StatementQuestion {
  readonly identity: IdentityId
  readonly chain: readonly Uint8Array[]
  readonly feed: PublicKey
  readonly statement: Statement
}

/** Something to sign. */
export interface StatementReply {
  readonly intent: OpId
  readonly payload: Uint8Array
}

/** Answer of `POST /v1/statements/commit`. */
export interface SaidReply {
  readonly op: OpId
  readonly identity: IdentityId
  /** That were told at once. */
  readonly peers: number
  /** It waits for more signatures; until then it says nothing. */
  readonly staged?: SignaturesReply
  /** What became of it at registries; absent: none is configured. */
  readonly targets?: readonly TargetReply[]
}

/** Answer of `POST /v1/publish/commit` */
export interface ReceiptReply {
  readonly name: PackageName
  readonly version: Version
  readonly identity: IdentityId
  readonly digest: Digest
  readonly sizeBytes: number
  readonly op: OpId
  readonly holders: number
  /** It waits for more signatures; until then nobody can choose it. */
  readonly staged?: SignaturesReply
  /** What became of it at registries; absent: none is configured. */
  readonly targets?: readonly TargetReply[]
}

/** `pending`: it is handed over as soon as that works, also after a restart · `refused`: it is not, unless it is published again. */
export interface TargetReply {
  /** Where it is. */
  readonly target: RegistryId
  readonly state: 'stored' | 'pending' | 'refused'
  /** Why it is not there. */
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly hint: string }
}

/** Signatures that are there and needed, and how many of them people gave and must give. */
export interface SignaturesReply {
  readonly signatures: number
  readonly need: number
  readonly people: number
  readonly human: number
}

/** A record that waits for more signatures, or did. */
export type StagedReply = StagedReleaseReply | StagedOpinionReply

/** Answer of `POST /v1/approve/commit {op, signatures}`. */
export type ApprovedReply = StagedReply & Pick<SaidReply, 'targets'>

interface StagedHead extends SignaturesReply {
  readonly op: OpId
  readonly identity: IdentityId
  /** Publisher's clock, Unix seconds. */
  readonly at: number
}

/** A release, or what is said of one. */
export interface StagedReleaseReply extends StagedHead {
  readonly name: PackageName
  readonly version: Version | '*'
  readonly says: 'release' | StatusState
  readonly digest?: Digest
}

/** What is said of somebody else. */
export interface StagedOpinionReply extends StagedHead {
  readonly says: 'opinion'
  readonly opinion: OpinionStatement
}

/** Answer of `POST /v1/staged {identity}`, oldest first. */
export interface StagedListReply {
  readonly staged: readonly StagedReply[]
}

/**
 * `POST /v1/approve/prepare`: what of a package is to be approved, by its version (absent: the first that waits), or what is said of somebody else, by
 * its id.
 */
export type ApprovalQuestion = Pick<StatementQuestion, 'identity' | 'chain'> &
  ({ readonly name: PackageName; readonly version?: Version } | { readonly op: OpId })

/** Its answer, with the payload to sign, and where it is a release under a new name, known ones that it can be taken for. */
export type ApprovalReply = StagedReply & { readonly payload: Uint8Array; readonly lookAlikes?: readonly LookAlike[] }

/** A name that is bound to a publisher; answer of `POST /v1/trust/add {name, identity}` and `POST /v1/trust/remove {name}`. */
export interface TrustedNameReply {
  readonly name: PackageName
  readonly identity: IdentityId
  /** Unix milliseconds. */
  readonly since: number
  readonly how: PinOrigin
}

/** `GET /v1/trust`, in the order of names. `POST /v1/trust/why {name}` answers a `TrustReport`. */
export interface TrustReply {
  readonly names: readonly TrustedNameReply[]
}
