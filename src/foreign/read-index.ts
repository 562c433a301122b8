import { parseToml } from '#archive'
import { countIn, isTable, type Table, textIn } from './fields.ts'
import type { ForeignIndex, ForeignShape, ForeignVersion } from './foreign-index.ts'
import { FOREIGN_LIMITS } from './foreign-limits.ts'
import { Gatherer } from './gather.ts'
import { indexInvalid } from './index-fault.ts'
import { describeEntry, digestIn, flatVersion, readVersion } from './read-entry.ts'

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/**
 * What an index says, whichever of the known shapes it has; `index` is where it came from, and where its relative addresses begin. Throws `index-invalid`, and
 * nothing else, whatever the bytes are. Entries that cannot be named here are in `refused`.
 */
export const readIndex = (bytes: Uint8Array, index: URL): ForeignIndex => {
  if (bytes.length > FOREIGN_LIMITS.indexBytes) throw indexInvalid(`it is larger than ${FOREIGN_LIMITS.indexBytes} bytes`)
  const value = parse(decode(bytes), index.pathname.endsWith('.toml'))
  const shape = shapeOf(value)
  const gatherer = new Gatherer()
  READERS[shape](value, index, gatherer)
  return { shape, ...gatherer.finish() }
}

const decode = (bytes: Uint8Array): string => {
  try {
    return UTF8.decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) throw indexInvalid('it is not UTF-8', error)
    throw error
  }
}

const parse = (text: string, isToml: boolean): unknown => {
  if (isToml) return parseToml(text, ({ line, reason, cause }) => indexInvalid(`line ${line}: ${reason}`, cause))
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) throw indexInvalid('it is not JSON', error)
    throw error
  }
}

const CATALOG = /^https?:\/\/[^/]+\/(?:.*\/)?catalog\/v2$/

const shapeOf = (value: unknown): ForeignShape => {
  if (Array.isArray(value)) return 'list'
  if (!isTable(value)) throw indexInvalid('it is neither a table nor a list')
  const { packs, packages, package: tables, schema } = value
  if (Array.isArray(packs) && typeof schema === 'string' && CATALOG.test(schema)) return 'catalog'
  if (isTable(packs)) return 'gpack'
  if (Array.isArray(packages) || Array.isArray(tables)) return 'marketplace'
  if (isTable(packages)) return 'registry'
  throw indexInvalid('it has neither packs nor packages in a form that is known')
}

type Reader = (value: unknown, index: URL, into: Gatherer) => void

/** A list of which each item is one version of a package, or names several. */
const readList = (items: unknown, into: Gatherer, versionsOf: (table: Table) => Iterable<readonly [string, () => ForeignVersion]>): void => {
  if (!Array.isArray(items)) throw indexInvalid('its packages are no list')
  for (const [place, item] of (items as readonly unknown[]).entries()) {
    if (!isTable(item)) throw indexInvalid(`entry ${place + 1} is no table`)
    into.add(textIn(item, 'name', 'id') ?? '', () => ({ described: describeEntry(item), versions: versionsOf(item) }))
  }
}

const flat = (index: URL) => (table: Table): Iterable<readonly [string, () => ForeignVersion]> => {
  const { versions } = table
  if (!Array.isArray(versions)) return [[textIn(table, 'version') ?? '', () => flatVersion(table, index)]]
  return (versions as readonly unknown[]).filter((version) => typeof version === 'string').map((version) => [version, () => flatVersion({ version }, index)])
}

const readCatalog: Reader = (value, index, into) => {
  readList((value as Table)['packs'], into, (table) => [[
    textIn(table, 'version') ?? '',
    () => readVersion({
      version: textIn(table, 'version') ?? '', digest: digestIn(textIn(table, 'digest')), sizeBytes: countIn(table, 'size_bytes'),
      address: textIn(table, 'download_url'), isSure: true,
    }, index),
  ]])
}

const readGpack: Reader = (value, index, into) => {
  for (const [id, pack] of Object.entries((value as { readonly packs: Table }).packs)) {
    if (!isTable(pack)) throw indexInvalid('a pack is no table')
    into.add(id, () => ({ described: describeEntry(pack, id), versions: filed(pack['versions'], (version, table) => readVersion({
      version,
      digest: digestIn(textIn(table, 'sha256')),
      sizeBytes: countIn(table, 'size_bytes'),
      address: textIn(table, 'download_url'),
      ...(textIn(table, 'git_url') !== undefined && { instead: 'the index names a git revision, and no archive' }),
    }, index)) }))
  }
}

const readRegistry: Reader = (value, index, into) => {
  for (const [name, pack] of Object.entries((value as { readonly packages: Table }).packages)) {
    if (!isTable(pack)) throw indexInvalid('a package is no table')
    const versions = filed(pack['versions'], (version, table) => flatVersion({ ...table, version }, index))
    into.add(name, () => ({ described: describeEntry(pack, name), versions }))
  }
}

/** Versions in a map under their numbers, or in a list. */
function* filed(versions: unknown, read: (version: string, table: Table) => ForeignVersion): Generator<readonly [string, () => ForeignVersion]> {
  const entries = Array.isArray(versions)
    ? (versions as readonly unknown[]).map((table) => [isTable(table) ? (textIn(table, 'version') ?? '') : '', table] as const)
    : Object.entries(isTable(versions) ? versions : {})
  for (const [version, table] of entries) yield [version, () => read(version, isTable(table) ? table : {})]
}

const READERS: Readonly<Record<ForeignShape, Reader>> = {
  catalog: readCatalog,
  gpack: readGpack,
  marketplace: (value, index, into) => readList((value as Table)['packages'] ?? (value as Table)['package'], into, flat(index)),
  registry: readRegistry,
  list: (value, index, into) => readList(value, into, flat(index)),
}
