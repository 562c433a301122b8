import type { InstalledPackage } from '#doors/cli'
import { parseLock } from '#flow/install'
import { packagePath, placesOf, readLockText } from '#project'

/** The packages that `ggen.lock` of a folder names, sorted by name; none where there is no such file. Throws `lock-invalid`. */
export const listInstalled = async (folder: string): Promise<readonly InstalledPackage[]> => {
  const places = placesOf(folder)
  const text = await readLockText(places)
  const lock = text === undefined ? [] : parseLock(text)
  return lock.map(({ name, version, identity, source, digest }) => {
    const voucher = identity === undefined ? { source } : { identity }
    return { name, version, ...voucher, digest, path: packagePath(places, name) }
  })
}
