import type { Origin, Receipt, ReleaseOp, TransferReport } from '#core'
import type { TrustStore } from '#store'
import { proofOf } from './describe-package.ts'

/** Whether a release was signed on this machine. */
export const isOwn = (trust: TrustStore, { identity, feed, seq, body }: ReleaseOp): boolean =>
  seq <= (trust.ownHead({ identity, name: body.name, feed })?.seq ?? -1)

/** Where an archive came from, by the receipt of its fetch where there is one. */
export const originOf = (receipt: Receipt | undefined, isOwnRelease: boolean): Origin => {
  if (receipt === undefined) return { origin: isOwnRelease ? 'published' : 'none', sources: [] }
  const { sources, resumedBytes, wastedBytes, durationMs, at: fetchedAt, proof } = receipt
  return { origin: 'fetched', sources, resumedBytes, wastedBytes, durationMs, fetchedAt, proof }
}

/** What is kept of a transfer, so that it can be told later who gave the bytes and why they were believed. */
export const receiptOf = (release: ReleaseOp, { sources, resumedBytes, wastedBytes, durationMs }: TransferReport, at: number): Receipt => {
  const { name, version, artifact: { digest, sizeBytes } } = release.body
  return { name, version, digest, sizeBytes, sources, resumedBytes, wastedBytes, durationMs, at, proof: proofOf(release) }
}
