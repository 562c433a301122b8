import type { ArrivingArchive } from '#doors/cli'
import { installPackage as installVerified } from '#flow/install'
import { diskInstall, packagePath, placesOf } from '#project'

/**
 * Makes files of an archive that the node brought, in `<folder>/ggen_packages`; resolves to the absolute path of the package. Throws what
 * `flow/install` throws.
 */
export const installPackage = async ({ release, bytes, folder, signal }: ArrivingArchive): Promise<string> => {
  await installVerified({ release, chunks: bytes }, diskInstall(folder), signal)
  return packagePath(placesOf(folder), release.name)
}
