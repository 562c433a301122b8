import { stat } from 'node:fs/promises'
import type { BundleParts } from '#bundle'
import type { Config } from '#config'
import type { BundleView } from '#doors/daemon'
import type { OpenNode, OpenNpm } from '#node'
import { systemClock } from '#node/system'

/** How bundles are called; what is called otherwise is known by how it begins. */
const ENDING = '.ggen-bundle'
const NEVER = new AbortController().signal

export interface OpenBundleOptions {
  readonly config: Pick<Config, 'isNetworkPrivate'>
  readonly node: Pick<OpenNode, 'blobs' | 'marketplace'>
  readonly depot: OpenNpm
}

/** Bundles of a node, as files of its user. What they need is loaded with the first one; one by one, so that nobody gets a whole folder for one thing. */
export const openBundles = ({ config: { isNetworkPrivate }, node: { blobs, marketplace }, depot }: OpenBundleOptions): BundleView => {
  const openParts = async (): Promise<BundleParts> =>
    ({ packages: (await depot.open()).carried, releases: marketplace.carried, marketplace, blobs, clock: systemClock, isNetworkPrivate })
  return {
    make: async ({ path, ...wish }, signal) => {
      const [{ makeBundle }, parts] = await Promise.all([import('#bundle'), openParts()])
      const { contents: { registries, versions, releases }, sizeBytes, left, leftOutCount, read } = await makeBundle(parts, wish, signal)
      await (await import('#store/disk')).streamPrivateFile(path, read(signal))
      return {
        path, sizeBytes, left, leftOutCount,
        registries: registries.map(({ source, keys }) => {
          const ofIt = versions.filter((one) => one.source === source)
          return { source, versions: ofIt.length, keys: keys !== undefined }
        }),
        releases: releases.length,
      }
    },
    take: async ({ path, trustKeys }, signal) => {
      const [{ takeBundle }, parts] = await Promise.all([import('#bundle'), openParts()])
      return await takeBundle(parts, { chunks: (await import('#store/disk')).readStreamed(path, signal), trustKeys }, signal)
    },
  }
}

/** Whether a path is that of a bundle, by its ending or by how it begins. What is no file is none. */
export const isBundleFile = async (path: string): Promise<boolean> => {
  const [found] = await Promise.allSettled([stat(path)])
  if (found.status === 'rejected' || !found.value.isFile()) return false
  if (path.endsWith(ENDING)) return true
  const { isBundle } = await import('#bundle')
  for await (const start of (await import('#store/disk')).readStreamed(path, NEVER)) return isBundle(start)
  return false
}
