import type { PackFacts } from '#archive'
import type { ListedRelease } from '#marketplace'
import type { Catalog, CatalogRecord } from './protocol.ts'

/** One record of catalog v2, its keys sorted as ggen's own marketplace sorts them. `publicUrl`: where this registry is, without a slash at the end. */
export const catalogRecord = ({ name, version, digest, sizeBytes }: ListedRelease, facts: PackFacts, publicUrl: string): CatalogRecord => ({
  description: facts.description,
  digest,
  download_url: `${publicUrl}/v1/blobs/${digest}`,
  manifest_sha256: facts.manifestSha256,
  name,
  native_gates: facts.nativeGates,
  ontology_files: facts.ontologyFiles,
  ontology_fingerprint_sha256: facts.ontologySha256,
  path: `packs/${name}`,
  profile: facts.profile,
  size_bytes: sizeBytes,
  templates: facts.templates,
  verifier_gates: facts.verifierGates,
  version,
})

/** The whole catalog. `newestAt`: of all releases in it, Unix seconds; it names the catalog by its day, so that the same records have the same name. */
export const wholeCatalog = (records: Iterable<CatalogRecord>, newestAt: number): Catalog => {
  const day = new Date(newestAt * 1000)
  return {
    marketplace_version: `v${day.getUTCFullYear() % 100}.${day.getUTCMonth() + 1}.${day.getUTCDate()}`,
    packs: [...records].sort((a, b) => (a.name < b.name ? -1 : 1)),
    schema: 'https://ggen.dev/marketplace/catalog/v2',
  }
}
