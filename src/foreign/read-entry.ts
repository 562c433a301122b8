import { cleanLine, cutText, showableTexts } from '#archive'
import { type Digest, isGgenError, isPackageName, type PackageName, parseDigest, parsePackageName, parseVersion } from '#core'
import { archiveAddress } from './archive-address.ts'
import { countIn, type Table, textIn, textsIn } from './fields.ts'
import type { ForeignPackage, ForeignVersion, RefusedEntry } from './foreign-index.ts'
import { FOREIGN_LIMITS } from './foreign-limits.ts'
import { readDependencies } from './read-dependencies.ts'

/** What is said of a package beside its versions. */
export type Described = Omit<ForeignPackage, 'versions'>

/** The entry of one package. Throws `name-invalid`. `id` is what the index files it under, where that is not in the entry. */
export const describeEntry = (table: Table, id?: string): Described => {
  const name = nameOf(id ?? textIn(table, 'id', 'name') ?? '', textIn(table, 'name'))
  const texts = showableTexts(name, {
    title: textIn(table, 'title', 'name'),
    description: textIn(table, 'description'),
    tags: [...textsIn(table, 'tags'), ...textsIn(table, 'keywords')],
    category: textIn(table, 'category'),
    license: textIn(table, 'license'),
    author: textIn(table, 'author'),
  })
  return { name, ...texts, description: cutText(texts.description, FOREIGN_LIMITS.descriptionChars), dependencies: readDependencies(table) }
}

/** Some lists give the title as the id too, and the name nowhere. */
const nameOf = (id: string, name = ''): PackageName => parsePackageName(!isPackageName(id) && isPackageName(name) ? name : id)

const HEX = /^[0-9a-f]{64}$/
/** What stands where a digest should, when nobody worked one out. */
const EMPTY = '0'.repeat(64)

/** The digest that a text is, with or without `sha256:` before it. */
export const digestIn = (text: string | undefined): Digest | undefined => {
  const hex = text?.trim().toLowerCase().replace(/^sha256:/, '')
  return hex !== undefined && HEX.test(hex) && hex !== EMPTY ? parseDigest(`sha256:${hex}`) : undefined
}

/** Whether what an address leads to is one archive, rather than a whole repository or a page. */
const isArchive = (address: string): boolean => /\.(?:tgz|tar\.gz)$/i.test(new URL(address).pathname)

export interface VersionFields {
  readonly version: string
  readonly digest: Digest | undefined
  readonly sizeBytes: number | undefined
  /** As the index writes it. */
  readonly address: string | undefined
  /** What is there instead of an archive. */
  readonly instead?: string
  /** The index says that its addresses are those of archives, whatever they are called. */
  readonly isSure?: boolean
}

/** One version. Throws `version-invalid`. */
export const readVersion = ({ version, digest, sizeBytes, address, instead, isSure = false }: VersionFields, index: URL): ForeignVersion => {
  const found = archiveAddress(address, index)
  const usable = found !== undefined && (isSure || isArchive(found)) ? found : undefined
  const nowhere = usable === undefined ? (instead ?? 'the index does not say where its archive is') : undefined
  const without = digest === undefined ? 'the index names no digest of its archive' : nowhere
  return {
    version: parseVersion(version),
    ...(digest !== undefined && { digest }),
    ...(sizeBytes !== undefined && { sizeBytes }),
    ...(usable !== undefined && { address: usable }),
    ...(without !== undefined && { without }),
  }
}

/** The version of an entry of a flat list. `vouches`: its checksum is that of the archive that it names, and of nothing else. */
export const flatVersion = (table: Table, index: URL): ForeignVersion => {
  const address = textIn(table, 'download_url')
  const archive = archiveAddress(address, index)
  const vouches = archive !== undefined && isArchive(archive)
  return readVersion({
    version: textIn(table, 'version') ?? '',
    digest: digestIn(textIn(table, 'digest') ?? (vouches ? textIn(table, 'sha256', 'checksum') : undefined)),
    sizeBytes: countIn(table, 'size_bytes'),
    address,
  }, index)
}

/** An entry that cannot be had under the names of this network. */
export const refusal = (label: string, error: unknown): RefusedEntry => {
  if (!isGgenError(error, 'name-invalid') && !isGgenError(error, 'version-invalid')) throw error
  return { label: shownLabel(label), why: error.message }
}

export const shownLabel = (label: string): string => cutText(cleanLine(label), FOREIGN_LIMITS.labelChars) || '(nameless)'
