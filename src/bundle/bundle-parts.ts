import type { Clock } from '#core'
import type { CarriedPackages } from '#depot'
import type { CarriedReleases, Marketplace } from '#marketplace'
import type { BlobStore } from '#store'

/** Where packages come from that go into a bundle, and where they go to that come out of one. */
export interface BundleParts {
  readonly packages: Pick<CarriedPackages, keyof CarriedPackages>
  readonly releases: Pick<CarriedReleases, keyof CarriedReleases>
  readonly marketplace: Pick<Marketplace, 'fetch'>
  readonly blobs: BlobStore
  readonly clock: Pick<Clock, 'now'>
  /** What this node knows is told to nobody outside its network. */
  readonly isNetworkPrivate: boolean
}

/** Works on many at once, so many at a time; the first that fails ends it. */
export const inTurns = async <T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<readonly R[]> => {
  const results: R[] = []
  const left = items.entries()
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, async () => {
    for (const [place, item] of left) results[place] = await work(item)
  }))
  return results
}
