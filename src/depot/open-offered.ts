import { GgenError, isVersion } from '#core'
import type { BlobStore } from '#store'
import { broughtBy } from './brought.ts'
import type { Market } from './market.ts'
import { networkName } from './market-documents.ts'
import type { OpenTarball, TarballWish } from './tarballs.ts'

export interface OfferedParts {
  readonly market: Pick<Market, 'take'>
  readonly blobs: Pick<BlobStore, 'stream'>
}

/** Opens the archive of a package that is published to the network, once it is here and what its publisher signed. Throws as `Market.take`. */
export const openOffered = async (
  { market, blobs }: OfferedParts, { name, version }: Pick<TarballWish, 'name' | 'version'>, signal: AbortSignal,
): Promise<OpenTarball> => {
  if (!isVersion(version)) throw new GgenError('version-not-found', `${name} has no version ${version}`)
  const { digest, sha512, sizeBytes, sources } = await market.take(networkName(name), version, signal)
  return {
    brought: () => broughtBy('network', sources),
    sizeBytes, sha512,
    read: (reading, range) => blobs.stream(digest, { signal: reading, ...(range !== undefined && { range }) }),
  }
}
