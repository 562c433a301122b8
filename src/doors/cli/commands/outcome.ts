import type { GgenError, GgenEvent, IdentityId, MissedNews, News, OpId, PackageName, Proof, StatusState, TransferReport, TrustReport, Version } from '#core'
import type {
  LimitsReply, PackageReply, PeerReply, PinReply, PinsReply, ReceiptReply, ReplicationReply, SearchReply, SourcesReply, StatusReply, TrustedNameReply,
  TrustReply, UnpinReply,
} from '#doors/control'
import type { InstalledPackage, NodeReady } from './world.ts'

/** What a command found out. `value` is what `--json` prints, with a failure as its `error`. */
export type Outcome =
  | { readonly kind: 'ready'; readonly value: NodeReady; readonly detachedLogPath?: string }
  | { readonly kind: 'event'; readonly value: GgenEvent }
  | { readonly kind: 'stopped'; readonly value: { readonly stopped: true; readonly pid: number } }
  | { readonly kind: 'status'; readonly value: StatusReply }
  | { readonly kind: 'limits'; readonly value: LimitsReply }
  | { readonly kind: 'peers'; readonly value: readonly PeerReply[] }
  /** `failure`: what was published stands, and something that was asked for besides did not come about. */
  | { readonly kind: 'published'; readonly value: ReceiptReply & { readonly replication?: ReplicationReply }; readonly failure?: GgenError }
  | { readonly kind: 'said'; readonly value: SaidStatus }
  | { readonly kind: 'trusted'; readonly value: TrustReply }
  | { readonly kind: 'bound'; readonly value: TrustedNameReply }
  | { readonly kind: 'unbound'; readonly value: TrustedNameReply }
  | { readonly kind: 'explained'; readonly value: TrustReport }
  | { readonly kind: 'pinned'; readonly value: PinReply }
  | { readonly kind: 'unpinned'; readonly value: UnpinReply }
  | { readonly kind: 'pins'; readonly value: PinsReply }
  | { readonly kind: 'found'; readonly value: SearchReply }
  | { readonly kind: 'news'; readonly value: News | MissedNews }
  | { readonly kind: 'described'; readonly value: PackageReply }
  | { readonly kind: 'sources'; readonly value: SourcesReply }
  | { readonly kind: 'installed'; readonly value: { readonly installed: readonly FreshPackage[] } }
  | { readonly kind: 'listed'; readonly value: { readonly packages: readonly InstalledPackage[] } }

/** What was said of a version, or of all. */
export interface SaidStatus {
  readonly name: PackageName
  readonly version: Version | '*'
  readonly state: StatusState
  readonly why?: string
  readonly identity: IdentityId
  readonly op: OpId
  /** That were told at once. */
  readonly peers: number
}

/** A package that was just installed, who gave its bytes (nobody when the node held them already), and why they were believed. */
export interface FreshPackage extends InstalledPackage, TransferReport {
  readonly proof: Proof
}
