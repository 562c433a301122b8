import type { Manifest } from './manifest.ts'
import { optionalText } from './manifest-section.ts'
import { parseTomlDocument, readTomlManifest, requiredSubsection } from './toml-manifest.ts'

/**
 * `gpack.toml`: `[gpack]`, where `id` is the name and `name` the title, with `[dependencies]` and its like beside it. Throws `manifest-invalid`,
 * `name-invalid`, `version-invalid`.
 */
export const parseGpackToml = (text: string): Manifest => {
  const document = parseTomlDocument('gpack.toml', text)
  const section = requiredSubsection(document, 'gpack')
  const title = optionalText(section, 'title') ?? optionalText(section, 'name')
  const titled = { ...section, table: { ...section.table, ...(title !== undefined && { title }) } }
  return readTomlManifest('gpack.toml', titled, { nameKey: 'id', dependencies: () => document, bins: document })
}
