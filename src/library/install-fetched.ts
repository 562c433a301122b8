import { resolve } from 'node:path'
import { type IdentityId, parsePackageSpec } from '#core'
import { installPackage, parseLock } from '#flow/install'
import { diskInstall, packagePath, placesOf, readLockText } from '#project'
import type { FetchedPackage, InstalledPackage } from './types.ts'

export interface InstallRequest {
  readonly spec: string
  readonly folder: string
  /** Brings the archive; gets the publisher that the folder's `ggen.lock` names, where it names one. */
  readonly fetch: (locked: IdentityId | undefined) => Promise<FetchedPackage>
  readonly signal: AbortSignal
}

/** Makes files of one package in a folder. Throws what `flow/install` throws. */
export const installFetched = async ({ spec, folder, fetch, signal }: InstallRequest): Promise<InstalledPackage> => {
  const places = placesOf(resolve(folder))
  const { name: wanted } = parsePackageSpec(spec)
  const text = await readLockText(places)
  const locked = text === undefined ? undefined : parseLock(text).find(({ name }) => name === wanted)?.identity
  const release = await fetch(locked)
  await installPackage({ release, chunks: release.read({ signal }) }, diskInstall(places.folder), signal)
  const { name, version, identity, source, digest } = release
  return { name, version, ...(identity === undefined ? { source } : { identity }), digest, path: packagePath(places, name) }
}
