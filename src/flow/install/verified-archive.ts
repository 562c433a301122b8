import type { Digest, PackageName, Sha512, Version, Voucher } from '#core'

/** A release as somebody vouched for it: what every byte of an installed package answers for. */
export type VouchedRelease = Voucher & {
  readonly name: PackageName
  readonly version: Version
  readonly digest: Digest
  readonly sha512: Sha512
  readonly sizeBytes: number
}

/** The bytes of a verified release. They may have gone a long way since they were verified: installing hashes them again. */
export interface VerifiedArchive {
  readonly release: VouchedRelease
  readonly chunks: AsyncIterable<Uint8Array>
}
