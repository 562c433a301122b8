import { type Clock, type PackageName, REGISTRY_LIMITS } from '#core'
import { Admissions, createViews } from '#flow/verify'
import { memoryCatalogue } from '#store'
import { rcompare } from 'semver'
import type { RegistryVersion } from './registry.ts'

/** What records say of the packages under a name, and nothing that is not signed in them: newest version first, one publisher after the other. */
export const readVersions = (name: PackageName, envelopes: readonly Uint8Array[], clock: Clock): readonly RegistryVersion[] => {
  using catalogue = memoryCatalogue()
  const admissions = new Admissions(catalogue, clock)
  // Whatever order they come in: what waits for a parent finds it in a later round.
  for (let left = envelopes; left.length > 0; ) {
    const orphans = left.filter((envelope) => admissions.admit(envelope).outcome === 'orphan')
    if (orphans.length === left.length) break
    left = orphans
  }
  const views = createViews(catalogue)
  return catalogue.claimants(name)
    .flatMap((identity) => [...(views.package(identity, name)?.releases.values() ?? [])].sort((a, b) => rcompare(a.version, b.version)))
    .slice(0, REGISTRY_LIMITS.versions)
    .map(({ release: { identity, at, body }, standing }) => {
      const { version, artifact: { digest, sizeBytes } } = body
      return { identity, version, digest, sizeBytes, standing, publishedAt: at }
    })
}
