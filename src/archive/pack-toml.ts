import type { Manifest } from './manifest.ts'
import { parseTomlDocument, readTomlManifest, requiredSubsection } from './toml-manifest.ts'

/** `pack.toml`: everything in `[pack]`. Throws `manifest-invalid`, `name-invalid`, `version-invalid`. */
export const parsePackToml = (text: string): Manifest => {
  const document = parseTomlDocument('pack.toml', text)
  const section = requiredSubsection(document, 'pack')
  return readTomlManifest('pack.toml', section, { nameKey: 'name', dependencies: () => section, bins: document })
}
