import type {
  Digest, GgenError, GgenEvent, IdentityId, LookAlike, MissedNews, News, OpId, OpinionStatement, PackageName, Proof, PublicKey, StatusState, TransferReport,
  TrustReport, Version,
} from '#core'
import type { ShownSetting } from '#config'
import type { AgentEnd, AgentStatus } from '#doors/agent'
import type { RegistryToken } from '#doors/central'
import type { DescribedKey, KeyRole, Protection } from '#keystore'
import type { SettingsChange } from '#npm'
import type {
  AllowedReply, ApprovedReply, BanReply, BansReply, BlockedListReply, BlockedReply, BundleReply, CacheCheckReply, CacheReply, ClearedReply, ConnectedReply,
  DisallowReply, FollowedListReply, FollowedReply, LimitsReply, NpmKeptListReply, NpmProbeReply, NpmReply, NpmServedReply, NpmUploadsReply, PackageReply,
  PeerReply, PinReply, PinsReply, PlanReply, ReceiptReply, ReplicationReply, SaidReply, SearchReply, SourcesReply, StatusReply, StagedListReply, StagedReply,
  TakenBundleReply, TrustedNameReply, TrustReply, TakenSetting, UnbanReply, UnpinReply,
} from '#doors/control'
import type { FileDifference } from '#flow/install'
import type { CheckRow } from './check-row.ts'
import type { CiStarted, CiStopped } from './ci.ts'
import type { Install } from './group-installs.ts'
import type { ImportReply } from './import-index.ts'
import type { InvitedReply, JoinedReply, LeftReply } from './private-network.ts'
import type { VerifiedLock } from './verify-lock.ts'
import type { InstalledPackage, NodeReady } from './world.ts'

/** What a command found out. `value` is what `--json` prints, with a failure as its `error`. */
export type Outcome =
  | { readonly kind: 'ready'; readonly value: NodeReady; readonly detachedLogPath?: string }
  | { readonly kind: 'serving'; readonly value: NodeReady }
  | { readonly kind: 'token-made'; readonly value: MadeToken }
  | { readonly kind: 'tokens'; readonly value: { readonly tokens: readonly RegistryToken[] } }
  | { readonly kind: 'token-revoked'; readonly value: RegistryToken }
  | { readonly kind: 'event'; readonly value: GgenEvent }
  | { readonly kind: 'npm'; readonly value: Omit<NpmReply, 'token'> }
  | { readonly kind: 'npm-token'; readonly value: Pick<NpmReply, 'token'> }
  | { readonly kind: 'npm-report'; readonly value: NpmServedReply & { readonly installs: readonly Install[] } }
  | { readonly kind: 'npm-probe'; readonly value: NpmProbeReply }
  /** `failure`: something is missing. */
  | { readonly kind: 'npm-warmed'; readonly value: NpmWarmedReply; readonly failure?: GgenError }
  /** `failure`: something is missing, here or at others. */
  | { readonly kind: 'npm-kept'; readonly value: { readonly kept: readonly NpmKeptLock[] }; readonly failure?: GgenError }
  | { readonly kind: 'npm-kept-list'; readonly value: NpmKeptListReply }
  | { readonly kind: 'npm-unkept'; readonly value: { readonly dropped: readonly string[] } }
  | { readonly kind: 'npm-set-up'; readonly value: NpmSetUpReply }
  | { readonly kind: 'npm-taken-out'; readonly value: NpmSetUpReply }
  /** A program that was run, and how it ended. */
  | { readonly kind: 'ran'; readonly value: { readonly command: string; readonly exitCode: number } }
  /** `isExport`: for a shell to run. */
  | { readonly kind: 'ci-started'; readonly value: CiStarted; readonly isExport: boolean }
  | { readonly kind: 'ci-stopped'; readonly value: CiStopped }
  | { readonly kind: 'stopped'; readonly value: { readonly stopped: true; readonly pid: number } }
  | { readonly kind: 'status'; readonly value: StatusReply }
  | { readonly kind: 'limits'; readonly value: LimitsReply }
  | { readonly kind: 'peers'; readonly value: readonly PeerReply[] }
  | { readonly kind: 'invited'; readonly value: InvitedReply }
  | { readonly kind: 'joined'; readonly value: JoinedReply }
  | { readonly kind: 'left'; readonly value: LeftReply }
  | { readonly kind: 'connected'; readonly value: { readonly connected: readonly ConnectedReply[] } }
  | { readonly kind: 'banned'; readonly value: BanReply }
  | { readonly kind: 'unbanned'; readonly value: UnbanReply }
  | { readonly kind: 'allowed'; readonly value: AllowedReply }
  | { readonly kind: 'disallowed'; readonly value: DisallowReply }
  | { readonly kind: 'bans'; readonly value: BansReply }
  /** `failure`: what was published stands, and something that was asked for besides did not come about. */
  | { readonly kind: 'published'; readonly value: PublishedRelease & { readonly replication?: ReplicationReply }; readonly failure?: GgenError }
  /** `failure`: what was imported stands, and upstream contradicts itself or did not give everything. */
  | { readonly kind: 'imported'; readonly value: ImportReply; readonly failure?: GgenError }
  | { readonly kind: 'bundled'; readonly value: BundleReply }
  /** `failure`: for some packages in it nothing speaks here. */
  | { readonly kind: 'bundle-taken'; readonly value: TakenBundleReply; readonly failure?: GgenError }
  | { readonly kind: 'lock-verified'; readonly value: VerifiedLock; readonly failure?: GgenError }
  | { readonly kind: 'said'; readonly value: SaidStatus }
  | { readonly kind: 'staged'; readonly value: StagedListReply & NpmUploadsReply }
  | { readonly kind: 'to-approve'; readonly value: StagedReply }
  | { readonly kind: 'approved'; readonly value: ApprovedReply & Pick<PublishedRelease, 'lookAlikes'> }
  | { readonly kind: 'opined'; readonly value: SaidOpinion }
  | { readonly kind: 'followed'; readonly value: FollowedListReply }
  | { readonly kind: 'follows'; readonly value: FollowedReply }
  | { readonly kind: 'unfollowed'; readonly value: FollowedReply }
  | { readonly kind: 'blocked'; readonly value: BlockedListReply }
  | { readonly kind: 'blocks'; readonly value: BlockedReply }
  | { readonly kind: 'unblocked'; readonly value: BlockedReply }
  | { readonly kind: 'trusted'; readonly value: TrustReply }
  | { readonly kind: 'bound'; readonly value: TrustedNameReply }
  | { readonly kind: 'unbound'; readonly value: TrustedNameReply }
  | { readonly kind: 'explained'; readonly value: TrustReport }
  | { readonly kind: 'alike'; readonly value: Required<Pick<TrustReport, 'name' | 'lookAlikes'>> }
  | { readonly kind: 'pinned'; readonly value: PinReply }
  | { readonly kind: 'unpinned'; readonly value: UnpinReply }
  | { readonly kind: 'pins'; readonly value: PinsReply }
  | { readonly kind: 'found'; readonly value: SearchReply }
  | { readonly kind: 'news'; readonly value: News | MissedNews }
  | { readonly kind: 'examined'; readonly value: readonly CheckRow[] }
  | { readonly kind: 'described'; readonly value: PackageReply }
  | { readonly kind: 'sources'; readonly value: SourcesReply }
  | { readonly kind: 'installed'; readonly value: InstallReport }
  | { readonly kind: 'planned'; readonly value: PlannedReport }
  | { readonly kind: 'updates'; readonly value: PlannedReport }
  | { readonly kind: 'outdated'; readonly value: { readonly outdated: readonly OutdatedPackage[] } }
  | { readonly kind: 'listed'; readonly value: { readonly packages: readonly InstalledPackage[] } }
  | { readonly kind: 'removed'; readonly value: { readonly removed: readonly RemovedPackage[] } }
  /** `failure`: something differs, or could not be looked at. */
  | { readonly kind: 'verified'; readonly value: { readonly packages: readonly CheckedPackage[] }; readonly failure?: GgenError }
  | { readonly kind: 'cache'; readonly value: CacheReply }
  | { readonly kind: 'cache-cleared'; readonly value: ClearedReply }
  /** `failure`: the disk had damaged some. */
  | { readonly kind: 'cache-checked'; readonly value: CacheCheckReply; readonly failure?: GgenError }
  | { readonly kind: 'identity'; readonly value: IdentityReply }
  | { readonly kind: 'packed'; readonly value: PackedReply }
  | { readonly kind: 'unlocked'; readonly value: AgentStatus }
  | { readonly kind: 'locked'; readonly value: LockedReply }
  | { readonly kind: 'settings'; readonly value: SettingsReply; readonly withOrigin: boolean }
  | { readonly kind: 'config-read'; readonly value: ConfigFilesReply & Pick<SettingsReply, 'remarks'> }
  | { readonly kind: 'config-path'; readonly value: ConfigFilesReply }

/** What lock files need, and where it came from. */
export interface NpmWarmedReply {
  /** `leftOut`: entries that come from no registry. */
  readonly lockfiles: readonly { readonly path: string; readonly format: string; readonly archives: number; readonly leftOut: number }[]
  /** Each once. */
  readonly archives: number
  readonly from: readonly {
    readonly from: 'disk' | 'peer' | 'network' | 'upstream'
    readonly archives: number
    readonly bytes: number
    readonly peers: readonly string[]
  }[]
  /** What is not here now, by name. */
  readonly missing: readonly MissingArchive[]
}

/** What a lock file keeps, here and at others. */
export interface NpmKeptLock {
  readonly lockfile: string
  readonly archives: number
  readonly bytes: number
  readonly missing: readonly MissingArchive[]
  /** `lowest`: others that keep the archive that the fewest keep; `share`: of archives that as many keep as are wanted, in [0, 1]. */
  readonly copies: {
    readonly wanted: number
    readonly lowest: number
    readonly share: number
    readonly peers: readonly { readonly peer: string; readonly archives: number }[]
  }
}

/** An archive that a lock file needs and nobody gives. */
export interface MissingArchive {
  readonly name: string
  readonly version: string
  /** An install may do without it. */
  readonly isOptional: boolean
  readonly code: string
  readonly message: string
}

/** What became of the settings of package managers. */
export interface NpmSetUpReply {
  /** `planned`: it would be written. */
  readonly state: 'unchanged' | 'planned' | 'written'
  readonly whose: 'user' | 'project'
  /** Those that are or would be different; no secret is shown. */
  readonly files: readonly { readonly path: string; readonly changes: readonly SettingsChange[] }[]
  /** Scopes that the files lead to registries which the node does not ask for them: they stay as they are. */
  readonly apart: readonly string[]
  /** Scopes that the node knows a registry for. */
  readonly scopes: readonly string[]
}

/** The identity of this machine. `seq` and `head` say how far its chain goes, as this machine knows it. */
export interface IdentityReply {
  readonly identity: IdentityId
  /** Unix milliseconds. */
  readonly createdAt: number
  readonly seq: number
  readonly head: OpId
  /** Where two branches of its chain begin of which none outranks the other. */
  readonly forked?: { readonly at: OpId; readonly tips: readonly OpId[] }
  readonly protection: Protection['kind']
  /** Where the keys are. */
  readonly path: string
  readonly keys: readonly DescribedKey[]
  /** Whether an agent signs with the release key, and until when (Unix milliseconds); `ggen id show` finds it out. */
  readonly unlocked?: false | Pick<AgentStatus, 'until' | 'asks'>
}

/** Whether there was an agent that held a key, and its process; of one that ran here also why it ended. */
export type LockedReply = { readonly locked: false } | { readonly locked: true; readonly pid: number; readonly why?: AgentEnd }

/** A file that takes keys elsewhere. */
export interface PackedReply {
  readonly path: string
  readonly identity: IdentityId
  readonly encrypted: boolean
  readonly keys: readonly { readonly publicKey: PublicKey; readonly role: KeyRole; readonly label?: string }[]
}

/** A setting as it stands. */
export interface ComparedSetting extends ShownSetting {
  /** What the running node took when it started, where that is something else. */
  readonly running?: Pick<TakenSetting, 'value' | 'from'>
}

/** Settings as they stand, and what is configured and has no effect. */
export interface SettingsReply {
  readonly settings: readonly ComparedSetting[]
  readonly remarks: readonly string[]
}

/** Files that settings come from. */
export interface ConfigFilesReply {
  readonly files: readonly { readonly path: string; readonly exists: boolean }[]
}

/** A token that was just made; its text is shown this once. */
export interface MadeToken extends RegistryToken {
  readonly token: string
}

/** What was said of a version, or of all. */
export interface SaidStatus extends SaidReply {
  readonly name: PackageName
  readonly version: Version | '*'
  readonly state: StatusState
  readonly why?: string
}

/** What was said of somebody else. */
export type SaidOpinion = OpinionStatement & SaidReply

/** What was published, and known names that its name, which is new, can be taken for. */
export interface PublishedRelease extends ReceiptReply {
  readonly lookAlikes?: readonly LookAlike[]
}

/** A package that was just removed from where it was. */
export type RemovedPackage = Pick<InstalledPackage, 'name' | 'version' | 'path'>

/** A package of the lock, and whether its files are what was signed. */
export interface CheckedPackage {
  readonly name: PackageName
  readonly version: Version
  readonly digest: Digest
  readonly path: string
  /** `unknown`: its archive could not be had, which `error` explains. */
  readonly state: 'whole' | 'changed' | 'unknown'
  readonly differences: readonly FileDifference[]
  readonly error?: GgenError
}

/** A package that was just unpacked, who gave its bytes (nobody when the node held them already), and why they were believed. */
export interface FreshPackage extends InstalledPackage, TransferReport {
  /** What was there before, where that was another version. */
  readonly from?: Version
  /** Absent where the index of an upstream vouches for it. */
  readonly proof?: Proof
  /** Known names that its name, which nothing had bound, can be taken for. */
  readonly lookAlikes?: readonly LookAlike[]
}

/** What became of a project. */
export interface InstallReport {
  /** What is new or changed, sorted by name. */
  readonly installed: readonly FreshPackage[]
  /** What was right as it lay there. */
  readonly kept: readonly { readonly name: PackageName; readonly version: Version }[]
  /** What nothing needs any more. */
  readonly removed: readonly RemovedPackage[]
  /** Optional packages that could not be had. */
  readonly left: PlanReply['left']
  /** Packages that need each other in a ring; absent where there are none. */
  readonly cycles?: readonly (readonly PackageName[])[]
}

/** Whether a plan changes nothing. */
export const isUpToDate = ({ planned, removed }: PlannedReport): boolean => planned.length + removed.length === 0

/** What would become of it. */
export interface PlannedReport extends Omit<InstallReport, 'installed'> {
  /** What would be new or changed, sorted by name. */
  readonly planned: readonly PlannedFresh[]
}

export interface PlannedFresh extends Omit<InstalledPackage, 'path'> {
  readonly from?: Version
  /** Of the archive. */
  readonly sizeBytes: number
}

/** An installed package of which something newer is known. */
export interface OutdatedPackage {
  readonly name: PackageName
  readonly current: Version
  /** What `ggen update` takes. */
  readonly wanted: Version
  /** The newest that its publisher has. */
  readonly latest: Version
  /** Who wants others than the newest: a package, or the project where there is no name. Empty where it is only too new, or advised against. */
  readonly heldBackBy: readonly { readonly by?: PackageName; readonly range: string }[]
}
