import type { Digest, IdentityId, PackageName, Sha512, Version } from '#core'

/** Who answers for a release: the publisher that signed it, or the index of an upstream that named its digest. */
export type Voucher =
  | { readonly identity: IdentityId; readonly source?: never }
  | {
      /** Address or path of the index. */
      readonly source: string
      readonly identity?: never
    }

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
