import { type Dependency, DEPENDENCY_KINDS, type DependencyKind, type GgenError, isPackageName, LIMITS } from '#core'
import validRange from 'semver/ranges/valid.js'
import { quote } from './display-text.ts'
import { field, fieldInvalid, isTable, type ManifestSection } from './manifest-section.ts'

/** The tables in which a manifest names others. */
export type TableName = 'needed' | 'optional' | 'peer'

/** A field of a table. */
interface Place {
  readonly section: ManifestSection
  readonly key: string
}

/** Words that registries resolve to the newest version. */
const NEWEST: ReadonlySet<string> = new Set(['', 'latest', 'x', 'X'])

const NO_NAMES: ReadonlySet<string> = new Set()

/**
 * What a package wants, out of its tables: each a list of `name`, `name@range` or `{ name, version }`, or a table of `name = "range"` or
 * `name = { version = "range" }`, where a peer may also have `optional = true`. Each name once, as `DEPENDENCY_KINDS` ranks them; sorted by name. Throws
 * `manifest-invalid` on each that is not a name with a SemVer range.
 */
export const readDependencies = (placeOf: (table: TableName) => Place, optionalPeers: ReadonlySet<string> = NO_NAMES): readonly Dependency[] => {
  const said = (['needed', 'optional', 'peer'] as const).flatMap((table) => readTable(placeOf(table), table))
  const wanted = said.map((one) => (one.kind === 'peer' && optionalPeers.has(one.name) ? { ...one, kind: 'optional-peer' as const } : one))
  const ranked = wanted.toSorted((a, b) => DEPENDENCY_KINDS.indexOf(a.kind) - DEPENDENCY_KINDS.indexOf(b.kind))
  return [...new Map(ranked.map((one) => [one.name, one])).values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

const readTable = (place: Place, table: TableName): readonly Dependency[] => {
  const found = new Map<string, Dependency>()
  for (const [name, range, isOptional] of pairs(place)) {
    const dependency = parseDependency(place, { name, range, kind: table === 'peer' && isOptional ? 'optional-peer' : table })
    if (found.has(name)) throw invalid(place, `names ${quote(name)} twice`)
    found.set(name, dependency)
  }
  return [...found.values()]
}

type Pair = readonly [name: string, range: unknown, isOptional: boolean]

function* pairs(place: Place): Generator<Pair> {
  const value = field(place.section, place.key)
  if (value === undefined) return
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) yield typeof item === 'string' ? splitText(item) : splitTable(place, item)
  } else if (isTable(value)) {
    for (const [name, range] of Object.entries(value)) yield isTable(range) ? [name, range['version'] ?? '', range['optional'] === true] : [name, range, false]
  } else throw invalid(place, 'must be a list or a table')
}

const splitText = (text: string): Pair => {
  const at = text.indexOf('@', 1)
  return at === -1 ? [text.trim(), '*', false] : [text.slice(0, at).trim(), text.slice(at + 1), false]
}

const splitTable = (place: Place, item: unknown): Pair => {
  if (!isTable(item) || typeof item['name'] !== 'string') throw invalid(place, 'must hold texts like "name@^1.0.0"')
  return [item['name'], item['version'] ?? '', item['optional'] === true]
}

interface Raw {
  readonly name: string
  readonly range: unknown
  readonly kind: DependencyKind
}

function parseDependency(place: Place, { name, range, kind }: Raw): Dependency {
  if (!isPackageName(name)) throw invalid(place, `holds something that is not a package name: ${quote(name)}`)
  if (typeof range !== 'string') throw invalid(place, `gives ${quote(name)} no range`)
  const text = range.trim()
  if (NEWEST.has(text)) return { name, range: '*', kind }
  if (text.length > LIMITS.rangeChars || validRange(text) === null) throw invalid(place, `gives ${quote(name)} a range that is not SemVer: ${quote(text)}`)
  return { name, range: text, kind }
}

const invalid = ({ section, key }: Place, problem: string): GgenError => fieldInvalid(section, key, problem)
