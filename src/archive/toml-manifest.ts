import { GgenError } from '#core'
import type { Manifest, ManifestFile } from './manifest.ts'
import { readDependencies, type TableName } from './manifest-dependencies.ts'
import { field, isTable, type ManifestSection, optionalText, requiredName, requiredVersion, texts } from './manifest-section.ts'
import { showableTexts } from './manifest-texts.ts'
import { parseToml } from './parse-toml.ts'

/** The whole document of a TOML manifest; throws `manifest-invalid` with file, line and column. */
export const parseTomlDocument = (file: ManifestFile, text: string): ManifestSection => {
  const table = parseToml(text, ({ line, column, reason, cause }) => {
    return new GgenError('manifest-invalid', `${file}, line ${line}, column ${column}: ${reason}`, { cause, details: { file, line, column } })
  })
  return { file, label: '', table }
}

/** The table `[key]` of a document, if there is one; throws `manifest-invalid` where the key is something else. */
export const subsection = (document: ManifestSection, key: string): ManifestSection | undefined => {
  const table = field(document, key)
  if (table === undefined) return undefined
  if (isTable(table)) return { file: document.file, label: `[${key}] `, table }
  throw new GgenError('manifest-invalid', `${document.file}: ${key} must be a table`, { details: { file: document.file, field: key } })
}

/** `subsection`, but `manifest-invalid` where it is missing. */
export const requiredSubsection = (document: ManifestSection, key: string): ManifestSection => {
  const section = subsection(document, key)
  if (section !== undefined) return section
  throw new GgenError('manifest-invalid', `${document.file}: the table [${key}] is missing`, { details: { file: document.file, field: key } })
}

/** Where a TOML format keeps what is not the same everywhere. */
export interface TomlManifestShape {
  readonly nameKey: 'name' | 'id'
  /** The table with a field such as `dependencies`. */
  readonly dependencies: (key: string) => ManifestSection
  /** The table with the field `bin`. */
  readonly bins: ManifestSection
}

/** The fields in which a TOML format names others. */
export const DEPENDENCY_TABLES: Readonly<Record<TableName, string>> = { needed: 'dependencies', optional: 'optional-dependencies', peer: 'peer-dependencies' }

/** The manifest of a TOML format. Throws `manifest-invalid`, `name-invalid`, `version-invalid`. */
export const readTomlManifest = (format: ManifestFile, section: ManifestSection, shape: TomlManifestShape): Manifest => {
  const name = requiredName(section, shape.nameKey)
  const version = requiredVersion(section)
  const raw = {
    title: optionalText(section, 'title'),
    description: optionalText(section, 'description'),
    tags: [...texts(section, 'tags'), ...texts(section, 'keywords')],
    category: optionalText(section, 'category') ?? texts(section, 'categories')[0],
    license: optionalText(section, 'license'),
    author: optionalText(section, 'author') ?? texts(section, 'authors').join(', '),
  }
  const files = [...texts(section, 'files'), ...texts(section, 'include')]
  return {
    format,
    name,
    version,
    ...showableTexts(name, raw),
    dependencies: readDependencies((table) => ({ section: shape.dependencies(DEPENDENCY_TABLES[table]), key: DEPENDENCY_TABLES[table] })),
    scripts: false,
    bins: countBins(field(shape.bins, 'bin')),
    ...(files.length > 0 && { files }),
  }
}

const countBins = (bin: unknown): number => (Array.isArray(bin) || isTable(bin) ? Object.keys(bin).length : 0)
