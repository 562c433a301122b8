import { type Clock, GgenError, isGgenError, type ReleaseOp, type TransferReport } from '#core'
import type { FetchOptions, Transfers } from '#flow/fetch'
import { storeBytes } from '#flow/publish'
import { verifyArchive, type VerifiedRelease } from '#flow/verify'
import type { BlobStore, ReceiptStore } from '#store'
import { toFetched } from './describe-package.ts'
import type { FetchedSigned } from './marketplace.ts'
import { receiptOf } from './origin.ts'
import type { Registries } from './registries.ts'

export interface BringParts {
  readonly blobs: BlobStore
  readonly receipts: ReceiptStore
  readonly clock: Clock
  readonly transfers: Pick<Transfers, 'fetch'>
  /** Absent: peers alone. */
  readonly registries?: Pick<Registries, 'isPrivateName'>
  /** Tells the network that the archive is here. */
  readonly provide: (release: ReleaseOp) => void
}

/** Brings the archive of a release here, verifies it, and remembers where it came from. Throws what fetching and verifying throw. */
export const bringRelease = async (parts: BringParts, signed: ReleaseOp, options: FetchOptions): Promise<FetchedSigned> => {
  const { blobs, clock, receipts, registries, provide } = parts
  const isPrivate = registries?.isPrivateName(signed.body.name) === true
  const { report, verified: { release, facts } } = await fetchVerified(parts, signed, { ...options, isPrivate })
  if (report.sources.length > 0) receipts.put(receiptOf(release, report, clock.now()))
  if ((await blobs.size(release.body.metadata.digest)) === undefined) await storeBytes(blobs, facts.metadata)
  provide(release)
  return toFetched(release, report)
}

/** Throws `blob-not-found` where the archive of a release is not here. */
export const assertHeld = async (blobs: BlobStore, { body: { name, version, artifact } }: ReleaseOp): Promise<void> => {
  if ((await blobs.size(artifact.digest)) !== undefined) return
  throw new GgenError('blob-not-found', `the archive of ${name}@${version} is not here`, { details: { name, version, digest: artifact.digest } })
}

/** What lay here may have been damaged by the disk: then it comes once more, from others. */
const fetchVerified = async (
  { blobs, transfers }: BringParts, release: ReleaseOp, options: FetchOptions,
): Promise<{ readonly report: TransferReport; readonly verified: VerifiedRelease }> => {
  const { artifact } = release.body
  const report = await transfers.fetch(artifact, options)
  try {
    return { report, verified: await verifyArchive(blobs, release, options.signal) }
  } catch (error) {
    if (!isGgenError(error) || report.sources.length > 0 || (await blobs.confirm(artifact.digest, 'anew'))) throw error
  }
  return { report: await transfers.fetch(artifact, options), verified: await verifyArchive(blobs, release, options.signal) }
}
