import type { Sha512 } from '#core'
import type {
  NpmAddressesReply, NpmAddressQuestion, NpmBringQuestion, NpmBroughtReply, NpmCopiesQuestion, NpmCopiesReply, NpmKeptListReply, NpmKeptReply,
  NpmProbeReply, NpmReply, NpmServedReply, NpmUploadsReply,
} from '#doors/control'

/** The npm door, as the control API tells of it. */
export interface NpmView {
  /** Where it is, and what is behind it. Throws `config-invalid` where npm's configuration cannot be read. */
  describe(): Promise<NpmReply>
  /** How archives were served in the last so many milliseconds, oldest first. */
  servedIn(agoMs: number): Promise<NpmServedReply['served']>
  /** Where registries have these archives, in the same order. Throws `name-invalid`. */
  addressesOf(packages: readonly NpmAddressQuestion[]): Promise<NpmAddressesReply['addresses']>
  /** Where a package would come from, as it is typed: `@acme/tool@^1`. Throws `name-invalid` and `range-invalid`. */
  probe(spec: string, signal: AbortSignal): Promise<NpmProbeReply>
  /** Brings an archive here. Throws `name-invalid` and `version-invalid`, `usage` for a hash that is none, and why nobody gives it. */
  bring(question: NpmBringQuestion, signal: AbortSignal): Promise<NpmBroughtReply>
  /** What clients handed in and nobody has signed yet, oldest first. Throws `store-broken`. */
  uploads(): Promise<NpmUploadsReply['uploads']>
  /** Lets one go; nothing happens where it is gone. Throws `usage` for what names none. */
  removeUpload(id: string): Promise<void>
  /** A lock file keeps exactly these on this node, as far as they are here, and wants copies on others. Throws `too-busy`. */
  keep(question: NpmKeepWish): Promise<NpmKeptReply>
  /** Asks peers of a private network to keep what a lock file keeps. Throws `not-pinned`. */
  copies(question: NpmCopiesQuestion, signal: AbortSignal): Promise<NpmCopiesReply>
  kept(): Promise<NpmKeptListReply['kept']>
  /** false: it kept nothing. */
  unkeep(lockfile: string): Promise<boolean>
}

/** What a lock file keeps, and on how many other nodes. */
export interface NpmKeepWish {
  readonly lockfile: string
  readonly tarballs: readonly Sha512[]
  readonly replicas: number
}
