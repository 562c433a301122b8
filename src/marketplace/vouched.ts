import type { Digest, PackageName, Sha512, StatusState, Summary, TransferReport, Version, Voucher } from '#core'

/** What an index of somebody else says of one package. Nobody signed it: its texts are not those of the archive. */
export interface VouchedPackage {
  readonly name: PackageName
  readonly identity?: never
  /** What may be told of where the index is. */
  readonly source: string
  /** The version that was asked for, or the newest. */
  readonly version: Version
  /** `disputed`: the index named two digests for it. */
  readonly standing: Extract<StatusState, 'live'> | 'disputed'
  /** Why it cannot be installed from there. */
  readonly without?: string
  readonly summary: Summary
  readonly digest?: Digest
  readonly sizeBytes?: number
  /** Nodes known to hold the archive. */
  readonly holders: number
  /** It did not answer: this is what it said then, Unix milliseconds. */
  readonly asOf?: number
  /** What only a signed release says. */
  readonly why?: never
  readonly op?: never
  readonly mirror?: never
  readonly publishedAt?: never
  readonly scripts?: never
  readonly bins?: never
  readonly dependencies?: never
  readonly blocked?: never
  readonly advice?: never
  /** All versions, newest first. */
  readonly versions: readonly { readonly version: Version; readonly standing: VouchedPackage['standing'] }[]
}

/** A release of an index, as the lock of a project or a plan names it. */
export interface WantedVouched {
  readonly source: string
  readonly digest: Digest
  readonly sizeBytes?: number
}

/** An archive that is here and is what an index names, or what is locked. */
export type FetchedVouched = Extract<Voucher, { readonly source: string }> & TransferReport & {
  readonly name: PackageName
  readonly version: Version
  readonly digest: Digest
  readonly sha512: Sha512
  readonly sizeBytes: number
}
