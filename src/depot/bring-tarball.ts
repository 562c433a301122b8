import { GgenError, isVersion } from '#core'
import { sha512Of } from '#npm'
import { broughtBy } from './brought.ts'
import type { Market } from './market.ts'
import { networkName } from './market-documents.ts'
import type { BroughtTarball, TarballWish } from './tarballs.ts'

/** An archive that shall be here, as a lock file names it. */
export interface BringWish extends Omit<TarballWish, 'path'> {
  /** Where the lock file says that it was. */
  readonly resolved?: string
}

/** Brings an archive of the network here. Throws as `Market.take`, and `integrity` where it is not what the lock file names. */
export const bringOffered = async (market: Pick<Market, 'take'>, { name, version, integrity }: BringWish, signal: AbortSignal): Promise<BroughtTarball> => {
  if (!isVersion(version)) throw new GgenError('version-not-found', `${name} has no version ${version}`)
  const { digest, sha512, sizeBytes, sources } = await market.take(networkName(name), version, signal)
  if (integrity !== undefined && (sha512Of(integrity) ?? sha512) !== sha512) {
    throw new GgenError('integrity', `${name}@${version} of this network is not what the lock file names`, {
      hint: 'see who has its name: ggen npm probe NAME',
    })
  }
  return { digest, sha512, sizeBytes, isPrivate: false, ...broughtBy('network', sources) }
}
