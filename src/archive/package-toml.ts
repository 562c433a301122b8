import type { Manifest } from './manifest.ts'
import { parseTomlDocument, readTomlManifest, requiredSubsection } from './toml-manifest.ts'

/**
 * `package.toml`: everything in `[package]`. A `[dependencies]` table at the top level names crates, npm packages or files in the packages
 * there are, never ggen packages: it does not count. Throws `manifest-invalid`, `name-invalid`, `version-invalid`.
 */
export const parsePackageToml = (text: string): Manifest => {
  const document = parseTomlDocument('package.toml', text)
  const section = requiredSubsection(document, 'package')
  return readTomlManifest('package.toml', section, { nameKey: 'name', dependencies: () => section, bins: document })
}
