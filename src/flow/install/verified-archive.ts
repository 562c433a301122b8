import type { Digest, IdentityId, PackageName, Sha512, Version } from '#core'

/** A release as its publisher signed it: what every byte of an installed package answers for. */
export interface SignedRelease {
  readonly name: PackageName
  readonly version: Version
  readonly identity: IdentityId
  readonly digest: Digest
  readonly sha512: Sha512
  readonly sizeBytes: number
}

/** The bytes of a verified release. They may have gone a long way since they were verified: installing hashes them again. */
export interface VerifiedArchive {
  readonly release: SignedRelease
  readonly chunks: AsyncIterable<Uint8Array>
}
