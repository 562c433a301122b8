import { GgenError, isPackageName, isVersion, type PackageName, type Version } from '#core'
import { quote } from './display-text.ts'

/** One table of a manifest with the words for messages: `package.toml: [package] version is missing`. */
export interface ManifestSection {
  readonly file: string
  /** `[package] ` with a space behind it, or nothing at the top level. */
  readonly label: string
  readonly table: Readonly<Record<string, unknown>>
}

/** The refusal `manifest-invalid` for one field. */
export const fieldInvalid = (section: ManifestSection, field: string, problem: string): GgenError =>
  new GgenError('manifest-invalid', `${section.file}: ${section.label}${field} ${problem}`, { details: { file: section.file, field } })

/** Whether a parsed value is a table; dates, lists and texts are not. */
export const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

/** A field of the table itself, never an inherited one. */
export const field = (section: ManifestSection, key: string): unknown => (Object.hasOwn(section.table, key) ? section.table[key] : undefined)

/** A text, or `undefined` where the field is absent, empty or of another type. */
export const optionalText = (section: ManifestSection, key: string): string | undefined => {
  const value = field(section, key)
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

/** The texts of a list, of a table that holds a list of the same name, or of one text with commas; everything else is left out. */
export const texts = (section: ManifestSection, key: string): readonly string[] => {
  const value = field(section, key)
  const list = isTable(value) && Object.hasOwn(value, key) ? value[key] : value
  if (typeof list === 'string') return list.split(',')
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : []
}

const requiredText = (section: ManifestSection, key: string): string => {
  const value = field(section, key)
  if (value === undefined) throw fieldInvalid(section, key, 'is missing')
  if (typeof value !== 'string') throw fieldInvalid(section, key, 'must be a text')
  return value
}

/** The name under `key`; throws `manifest-invalid` where it is missing and `name-invalid`. */
export const requiredName = (section: ManifestSection, key: string): PackageName => {
  const name = requiredText(section, key)
  if (isPackageName(name)) return name
  throw new GgenError('name-invalid', `${section.file}: ${section.label}${key} is not a package name: ${quote(name)}`, {
    details: { file: section.file, field: key },
  })
}

/** The version; throws `manifest-invalid` where it is missing and `version-invalid`. */
export const requiredVersion = (section: ManifestSection): Version => {
  const version = requiredText(section, 'version')
  if (isVersion(version)) return version
  throw new GgenError('version-invalid', `${section.file}: ${section.label}version is not a SemVer version: ${quote(version)}`, {
    details: { file: section.file, field: 'version' },
  })
}
