import { describeArchive } from '#archive'
import { type Dependency, GgenError, type PackageName, type Version } from '#core'

/**
 * What the archive of a version needs, out of its own manifest. Throws `integrity` where it is another package than the index says, and what `describeArchive`
 * throws.
 */
export const archiveNeeds = async (
  chunks: AsyncIterable<Uint8Array>, { name, version }: { readonly name: PackageName; readonly version: Version }, signal: AbortSignal,
): Promise<readonly Dependency[]> => {
  const { manifest } = await describeArchive(chunks, { signal })
  if (manifest.name === name && manifest.version === version) return manifest.dependencies
  throw new GgenError('integrity', `the index calls it ${name}@${version}, and its archive says that it is ${manifest.name}@${manifest.version}`)
}
