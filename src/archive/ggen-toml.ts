import type { Manifest } from './manifest.ts'
import { field, type ManifestSection } from './manifest-section.ts'
import { parseTomlDocument, readTomlManifest, subsection } from './toml-manifest.ts'

/**
 * `ggen.toml`: `[package]` with `[dependencies]`, `[optional-dependencies]` and `[peer-dependencies]` beside it or in it. The same file configures projects
 * that are no packages: without `[package]` the result is `undefined`. Throws `manifest-invalid`, `name-invalid`, `version-invalid`.
 */
export const parseGgenToml = (text: string): Manifest | undefined => {
  const document = parseTomlDocument('ggen.toml', text)
  const section = subsection(document, 'package')
  if (section === undefined) return undefined
  const dependencies = (key: string): ManifestSection => (field(section, key) === undefined ? document : section)
  return readTomlManifest('ggen.toml', section, { nameKey: 'name', dependencies, bins: document })
}
