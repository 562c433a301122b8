import { type Dependency, type DependencyKind, GgenError, isPackageName, isVersion, LIMITS, type PackageName, type Version } from '#core'
import validRange from 'semver/ranges/valid.js'

/** What the metadata document of a package says that a plan is made of. */
export interface PackageMetadata {
  readonly name: PackageName
  readonly version: Version
  /** Sorted by name, each name once. */
  readonly dependencies: readonly Dependency[]
}

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a metadata document, whose publisher signed its digest and may have written anything. Fields that are not known are passed over. Throws `integrity`
 * for everything that `encodeMetadata` never writes.
 */
export const readMetadata = (bytes: Uint8Array): PackageMetadata => {
  if (bytes.length > LIMITS.metadataBytes) throw malformed('it is too large')
  const document = parse(bytes)
  const { name, version } = document
  if (typeof name !== 'string' || !isPackageName(name)) throw malformed('it has no name')
  if (typeof version !== 'string' || !isVersion(version)) throw malformed('it has no version')
  const dependencies = [
    ...readList(document, 'dependencies', () => 'needed'),
    ...readList(document, 'optionalDependencies', () => 'optional'),
    ...readList(document, 'peerDependencies', (row) => (row['optional'] === true ? 'optional-peer' : 'peer')),
  ].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const twice = dependencies.find((one, index) => dependencies[index + 1]?.name === one.name)
  if (twice !== undefined) throw malformed(`it names ${twice.name} twice`)
  return { name, version, dependencies }
}

type Row = Readonly<Record<string, unknown>>

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value)

const parse = (bytes: Uint8Array): Row => {
  let document: unknown
  try {
    document = JSON.parse(UTF8.decode(bytes))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) throw malformed('it is not JSON', error)
    throw error
  }
  if (!isRow(document)) throw malformed('it is no object')
  return document
}

const readList = (document: Row, key: string, kindOf: (row: Row) => DependencyKind): Dependency[] => {
  const list = Object.hasOwn(document, key) ? document[key] : []
  if (!Array.isArray(list)) throw malformed(`${key} is no list`)
  return list.map((row: unknown) => {
    if (!isRow(row)) throw malformed(`${key} holds something that is no object`)
    const { name, range } = row
    if (typeof name !== 'string' || !isPackageName(name)) throw malformed(`${key} holds something without a name`)
    if (typeof range !== 'string' || range.length > LIMITS.rangeChars || validRange(range) === null) throw malformed(`${key} gives ${name} no range`)
    return { name, range, kind: kindOf(row) }
  })
}

const malformed = (problem: string, cause?: unknown): GgenError =>
  new GgenError('integrity', `the metadata document of a package is not as ggen writes it: ${problem}`, {
    cause, hint: 'its publisher signed it with another program; ask for a release that was made with ggen',
  })
