import type { Manifest } from './manifest.ts'
import { field } from './manifest-section.ts'
import { parseTomlDocument, readTomlManifest, subsection } from './toml-manifest.ts'

/**
 * `ggen.toml`: `[package]` with dependencies in `[dependencies]` or in `[package]`. The same file configures projects that are no packages:
 * without `[package]` the result is `undefined`. Throws `manifest-invalid`, `name-invalid`, `version-invalid`.
 */
export const parseGgenToml = (text: string): Manifest | undefined => {
  const document = parseTomlDocument('ggen.toml', text)
  const section = subsection(document, 'package')
  if (section === undefined) return undefined
  const dependencies = field(section, 'dependencies') === undefined ? document : section
  return readTomlManifest('ggen.toml', section, { nameKey: 'name', dependencies, bins: document })
}
