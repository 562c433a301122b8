import { type ArchiveFacts, describeArchive } from '#archive'
import { type Brand, digestOf, GgenError, type ReleaseOp } from '#core'
import type { BlobStore } from '#store'

/** A release whose archive is held here, hashes to what its publisher signed, keeps the archive profile and says of itself what the record says. */
export type VerifiedRelease = Brand<{ readonly release: ReleaseOp; readonly facts: ArchiveFacts }, 'VerifiedRelease'>

/**
 * Reads the whole archive once. Throws `blob-not-found`, `integrity` (other bytes, or an archive that contradicts its record),
 * `archive-unsafe`, `archive-broken`, `archive-too-large`.
 */
export const verifyArchive = async (blobs: BlobStore, release: ReleaseOp, signal: AbortSignal): Promise<VerifiedRelease> => {
  const { artifact, name, version } = release.body
  const facts = await describeArchive(blobs.stream(artifact.digest, { signal }), { signal })
  const { digest, sha512, sizeBytes } = facts.fingerprint
  if (digest !== artifact.digest || sha512 !== artifact.sha512 || sizeBytes !== artifact.sizeBytes) {
    throw new GgenError('integrity', `the archive of ${name}@${version} is not the one that was signed`)
  }
  const contradictions = differences(release, facts)
  if (contradictions.length > 0) {
    throw new GgenError('integrity', `the archive of ${name}@${version} contradicts its signed record: ${contradictions.join(', ')}`, {
      details: { contradictions },
    })
  }
  return { release, facts } as VerifiedRelease
}

/**
 * The facts that decide what code runs, and the metadata document, which holds all that is derived from the archive: a record that names another
 * document could show other dependencies than the archive has. What search shows is not compared by itself.
 */
const differences = ({ body }: ReleaseOp, facts: ArchiveFacts): string[] => {
  const pairs: readonly [string, unknown, unknown][] = [
    ['name', body.name, facts.manifest.name],
    ['version', body.version, facts.manifest.version],
    ['scripts', body.scripts, facts.scripts],
    ['bins', body.bins, facts.bins],
    ['dependencies', body.dependencies, facts.dependencies],
    ['metadata', `${body.metadata.digest} ${body.metadata.sizeBytes}`, `${digestOf(facts.metadata)} ${facts.metadata.length}`],
  ]
  return pairs.filter(([, signed, found]) => signed !== found).map(([what]) => what)
}
