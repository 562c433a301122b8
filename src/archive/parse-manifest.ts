import { GgenError } from '#core'
import { parseGgenToml } from './ggen-toml.ts'
import { parseGpackToml } from './gpack-toml.ts'
import { type Manifest, MANIFEST_FILES, type ManifestFile } from './manifest.ts'
import { parsePackToml } from './pack-toml.ts'
import { parsePackageJson } from './package-json.ts'
import { parsePackageToml } from './package-toml.ts'

const UTF8 = new TextDecoder('utf-8', { fatal: true })

const PARSERS: Readonly<Record<ManifestFile, (text: string) => Manifest | undefined>> = {
  'ggen.toml': parseGgenToml,
  'pack.toml': parsePackToml,
  'package.toml': parsePackageToml,
  'gpack.toml': parseGpackToml,
  'package.json': parsePackageJson,
}

/** Parses one manifest. Throws `manifest-invalid`, `name-invalid`, `version-invalid`, and `manifest-missing` for a `ggen.toml` without `[package]`. */
export const parseManifest = (file: ManifestFile, text: string): Manifest => {
  const manifest = PARSERS[file](withoutMark(text))
  if (manifest === undefined) throw new GgenError('manifest-missing', `${file} has no [package]: it does not describe a package`)
  return manifest
}

/** The manifest that describes a package, out of all at its root; throws what `parseManifest` throws. */
export const chooseManifest = (found: ReadonlyMap<ManifestFile, Uint8Array>): Manifest => {
  for (const file of MANIFEST_FILES) {
    const bytes = found.get(file)
    const manifest = bytes === undefined ? undefined : PARSERS[file](decodeManifest(file, bytes))
    if (manifest !== undefined) return manifest
  }
  const without = found.has('ggen.toml') ? '; ggen.toml has no [package]' : ''
  throw new GgenError('manifest-missing', `there is no manifest at the root of the package${without}`)
}

/** The text of a manifest; throws `manifest-invalid` where it is not UTF-8. */
export const decodeManifest = (file: ManifestFile, bytes: Uint8Array): string => {
  try {
    return withoutMark(UTF8.decode(bytes))
  } catch (error) {
    if (error instanceof TypeError) throw new GgenError('manifest-invalid', `${file}: it is not UTF-8`, { cause: error, details: { file } })
    throw error
  }
}

const withoutMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text)
