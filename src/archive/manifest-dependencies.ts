import { isPackageName, LIMITS } from '#core'
import validRange from 'semver/ranges/valid.js'
import { quote } from './display-text.ts'
import type { Dependency } from './manifest.ts'
import { field, fieldInvalid, isTable, type ManifestSection } from './manifest-section.ts'

/** Words that registries resolve to the newest version. */
const NEWEST: ReadonlySet<string> = new Set(['', 'latest', 'x', 'X'])

/**
 * The dependencies of a table: a list of `name`, `name@range` or `{ name, version }`, or a table of `name = "range"` or
 * `name = { version = "range" }`. Sorted by name. Throws `manifest-invalid` on each that is not a name with a SemVer range.
 */
export const readDependencies = (section: ManifestSection): readonly Dependency[] => {
  const value = field(section, 'dependencies')
  const found = new Map<string, Dependency>()
  for (const [name, range] of pairs(section, value)) {
    const dependency = parseDependency(section, name, range)
    if (found.has(name)) throw fieldInvalid(section, 'dependencies', `names ${quote(name)} twice`)
    found.set(name, dependency)
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function* pairs(section: ManifestSection, value: unknown): Generator<readonly [string, unknown]> {
  if (value === undefined) return
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) yield typeof item === 'string' ? splitText(item) : splitTable(section, item)
  } else if (isTable(value)) {
    for (const [name, range] of Object.entries(value)) yield [name, isTable(range) ? (range['version'] ?? '') : range]
  } else throw fieldInvalid(section, 'dependencies', 'must be a list or a table')
}

const splitText = (text: string): readonly [string, string] => {
  const at = text.indexOf('@', 1)
  return at === -1 ? [text.trim(), '*'] : [text.slice(0, at).trim(), text.slice(at + 1)]
}

const splitTable = (section: ManifestSection, item: unknown): readonly [string, unknown] => {
  if (!isTable(item) || typeof item['name'] !== 'string') throw fieldInvalid(section, 'dependencies', 'must hold texts like "name@^1.0.0"')
  return [item['name'], item['version'] ?? '']
}

function parseDependency(section: ManifestSection, name: string, range: unknown): Dependency {
  if (!isPackageName(name)) throw fieldInvalid(section, 'dependencies', `holds something that is not a package name: ${quote(name)}`)
  if (typeof range !== 'string') throw fieldInvalid(section, 'dependencies', `gives ${quote(name)} no range`)
  const text = range.trim()
  if (NEWEST.has(text)) return { name, range: '*' }
  if (text.length > LIMITS.rangeChars || validRange(text) === null) {
    throw fieldInvalid(section, 'dependencies', `gives ${quote(name)} a range that is not SemVer: ${quote(text)}`)
  }
  return { name, range: text }
}
