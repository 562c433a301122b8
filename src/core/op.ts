import type { Digest, Sha512 } from './digest.ts'
import type { IdentityId, OpId, PublicKey } from './op-id.ts'
import type { PackageName } from './package-name.ts'
import type { Version } from './version.ts'

/** A set of keys of which `need` must sign. */
export interface Role {
  readonly keys: readonly PublicKey[]
  readonly need: number
}

/** A key that may publish, and under which names: exact names, `prefix.*`, `@scope/*` or `*`. */
export interface ReleaseKey {
  readonly key: PublicKey
  readonly names: readonly string[]
  /** Unix seconds after which the key may not sign. */
  readonly expires?: number
  /** Held by a machine: never counts as the last signature when `human` is set. */
  readonly auto?: boolean
  readonly label?: string
}

/** Who may do what for an identity. */
export interface Roles {
  readonly root: Role
  /** Outranks root; may be empty. */
  readonly recovery: Role
  readonly release: readonly ReleaseKey[]
  /** Release signatures needed for one release. */
  readonly need: number
  /** How many of them must come from keys that are not `auto`. */
  readonly human?: number
}

/** A key that speaks no more, with the last op of each of its feeds that still counts. */
export interface Revocation {
  readonly key: PublicKey
  readonly feeds: readonly { readonly name: PackageName; readonly head: OpId }[]
}

/** The archive of a release: what every byte is checked against. */
export interface Artifact {
  readonly digest: Digest
  readonly sha512: Sha512
  readonly sizeBytes: number
  /** List of sha256 per MiB, for large archives. */
  readonly chunks?: OpId
}

/** What search and people see of a release. */
export interface Summary {
  readonly title: string
  readonly description: string
  readonly tags: readonly string[]
  readonly category: string
  /** SPDX expression. */
  readonly license: string
  readonly author: string
}

export interface ReleaseBody {
  /** The genesis or roles op in force. */
  readonly roles: OpId
  readonly name: PackageName
  readonly version: Version
  readonly kind: 'tgz'
  readonly artifact: Artifact
  /** The package metadata document (JSON bytes), a blob of its own, derived from the archive. */
  readonly metadata: { readonly digest: Digest; readonly sizeBytes: number }
  readonly summary: Summary
  /** Whether the package asks for install scripts. */
  readonly scripts: boolean
  readonly bins: number
  readonly dependencies: number
  readonly provenance: readonly OpId[]
}

/** What a publisher can say of a version since. */
export const STATUS_STATES = ['live', 'deprecated', 'yanked', 'withdrawn'] as const

export type StatusState = (typeof STATUS_STATES)[number]

/** What a name like `latest` means for the clients of npm. */
export interface TagWord {
  readonly name: string
  /** Absent: nothing any more. */
  readonly version?: Version
}

const TAG = /^[a-z][a-z0-9-]{0,31}$/

/** Whether a text can be a tag: it begins with a letter, and is no version and no range of them. */
export const isTagName = (text: string): boolean => TAG.test(text) && !/^[vx][0-9-]*$/.test(text)

export interface StatusBody {
  readonly roles: OpId
  readonly name: PackageName
  readonly version: Version | '*'
  readonly state: StatusState
  readonly why?: string
  readonly tag?: TagWord
}

/** What a publisher says of another one: that it vouches for it, that it warns of it, or neither any more. */
export const ENDORSEMENT_LEVELS = ['vouch', 'block', 'none'] as const

export type EndorsementLevel = (typeof ENDORSEMENT_LEVELS)[number]

export interface EndorseBody {
  readonly roles: OpId
  /** Of whom it is said. */
  readonly target: IdentityId
  /** Under which names; none: under every name. */
  readonly names: readonly PackageName[]
  readonly level: EndorsementLevel
  readonly why?: string
  /** Unix seconds after which it counts no more. */
  readonly expires?: number
}

/** How bad it is to have what an advisory is about; `none` takes an advisory back. */
export const SEVERITIES = ['none', 'low', 'moderate', 'high', 'critical'] as const

export type Severity = (typeof SEVERITIES)[number]

export interface AdvisoryBody {
  readonly roles: OpId
  /** Whose package it is about. */
  readonly target: IdentityId
  readonly name: PackageName
  /** A SemVer range. One that cannot be read covers every version. */
  readonly range: string
  readonly severity: Severity
  readonly why?: string
  /** Where there is more to read. */
  readonly ref?: string
  /** The first version without it. */
  readonly fix?: Version
}

interface OpHead {
  readonly id: OpId
  readonly identity: IdentityId
  /** Publisher's clock, Unix seconds: for display and cool-down, never for order. */
  readonly at: number
  readonly seq: number
  readonly prev?: OpId
  /** Everyone whose signature was checked. */
  readonly signers: ReadonlySet<PublicKey>
  /** The envelope, byte for byte as it travels. */
  readonly bytes: Uint8Array
}

export interface GenesisOp extends OpHead {
  readonly type: 'genesis'
  readonly body: Roles & { readonly nonce: Uint8Array }
}

export interface RolesOp extends OpHead {
  readonly type: 'roles'
  readonly prev: OpId
  readonly body: Roles & { readonly revoked: readonly Revocation[]; readonly domains: readonly string[] }
}

/** What a release that somebody else than its author signed is a copy of. */
export interface Mirror {
  /** Where the archive came from, as it lay there: the address of an index, or `folder:NAME`. */
  readonly of: string
}

export interface ReleaseOp extends OpHead {
  readonly type: 'release'
  /** Its publisher vouches for no more than that the bytes are those of this source. */
  readonly mirror?: Mirror
  /** The key whose chain this op continues; always among the signers. */
  readonly feed: PublicKey
  readonly body: ReleaseBody
}

export interface StatusOp extends OpHead {
  readonly type: 'status'
  readonly feed: PublicKey
  readonly body: StatusBody
}

/** An opinion stands for itself: it continues nothing, and nothing continues it. */
interface OpinionHead extends OpHead {
  readonly seq: 0
  readonly prev?: never
  /** The release key that says it; always among the signers. */
  readonly key: PublicKey
}

export interface EndorseOp extends OpinionHead {
  readonly type: 'endorse'
  readonly body: EndorseBody
}

export interface AdvisoryOp extends OpinionHead {
  readonly type: 'advisory'
  readonly body: AdvisoryBody
}

/** One signed, immutable statement. */
export type Op = GenesisOp | RolesOp | ReleaseOp | StatusOp | EndorseOp | AdvisoryOp

/** An op of an identity's own chain. */
export type ChainOp = GenesisOp | RolesOp

/** An op about a package. */
export type FeedOp = ReleaseOp | StatusOp

/** An op about somebody else. */
export type OpinionOp = EndorseOp | AdvisoryOp

/** Whether an op, or what will be one, is of an identity's own chain. */
export const isChainOp = <T extends { readonly type: Op['type'] }>(op: T): op is Extract<T, { readonly type: ChainOp['type'] }> =>
  op.type === 'genesis' || op.type === 'roles'

/** Whether an op, or what will be one, is about a package of the one who says it. */
export const isFeedOp = <T extends { readonly type: Op['type'] }>(op: T): op is Extract<T, { readonly type: FeedOp['type'] }> =>
  op.type === 'release' || op.type === 'status'

/** Whether an op, or what will be one, is about somebody else. */
export const isOpinion = <T extends { readonly type: Op['type'] }>(op: T): op is Extract<T, { readonly type: OpinionOp['type'] }> =>
  op.type === 'endorse' || op.type === 'advisory'
