import type { Origin, Receipt, ReleaseOp } from '#core'
import type { TrustStore } from '#store'

/** Whether a release was signed on this machine. */
export const isOwn = (trust: TrustStore, { identity, feed, seq, body }: ReleaseOp): boolean =>
  seq <= (trust.ownHead(identity, body.name, feed)?.seq ?? -1)

/** Where an archive came from, by the receipt of its fetch where there is one. */
export const originOf = (receipt: Receipt | undefined, isOwnRelease: boolean): Origin => {
  if (receipt === undefined) return { origin: isOwnRelease ? 'published' : 'none', sources: [] }
  const { sources, resumedBytes, wastedBytes, durationMs, at: fetchedAt, proof } = receipt
  return { origin: 'fetched', sources, resumedBytes, wastedBytes, durationMs, fetchedAt, proof }
}
