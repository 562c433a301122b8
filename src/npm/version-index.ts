import { GgenError } from '#core'
import { type Integrity, parseIntegrity, parseShasum } from './integrity.ts'
import type { PackageDocument } from './package-document.ts'
import { tarballPath } from './package-document.ts'

/** What is needed to bring the archive of a version. */
export interface IndexedVersion {
  /** What its bytes must hash to; absent: the registry does not say, and nobody can know. */
  readonly integrity?: Integrity
  /** Where the registry has it. */
  readonly tarball: string
}

/** The versions of one document, without everything else that it says. */
export type VersionIndex = ReadonlyMap<string, IndexedVersion>

/** Reads what a document says of the bytes of its versions. Broken hashes count as none: a version that has no other cannot be installed. */
export const indexVersions = ({ versions }: PackageDocument): VersionIndex =>
  new Map(Object.entries(versions).map(([version, { dist }]): [string, IndexedVersion] => {
    const integrity = hashesOf(dist['integrity'], dist['shasum'])
    return [version, { ...(integrity !== undefined && { integrity }), tarball: dist.tarball }]
  }))

const hashesOf = (integrity: unknown, shasum: unknown): Integrity | undefined =>
  read(integrity, parseIntegrity) ?? read(shasum, parseShasum)

const read = (text: unknown, parseOne: (text: string) => Integrity): Integrity | undefined => {
  if (typeof text !== 'string') return undefined
  try {
    return parseOne(text)
  } catch (error) {
    if (error instanceof GgenError) return undefined
    throw error
  }
}

/** The bytes of an index, to be kept. */
export const encodeIndex = (index: VersionIndex): Uint8Array =>
  Buffer.from(JSON.stringify(Array.from(index, ([version, { integrity, tarball }]) => [version, tarball, ...(integrity === undefined ? [] : [integrity])])))

/** Reads what `encodeIndex` wrote. */
export const decodeIndex = (bytes: Uint8Array): VersionIndex => {
  const rows = JSON.parse(Buffer.from(bytes).toString('utf8')) as readonly (readonly [string, string, Integrity?])[]
  return new Map(rows.map(([version, tarball, integrity]) => [version, { tarball, ...(integrity !== undefined && { integrity }) }]))
}

/** The version whose archive has this file name (`name-1.2.3.tgz`); `undefined`: the name says none. */
export const versionOfFile = (name: Parameters<typeof tarballPath>[0], file: string): string | undefined => {
  const [, prefix = ''] = tarballPath(name, '\n').split('/-/')
  const start = prefix.slice(0, prefix.indexOf('\n'))
  return file.startsWith(start) && file.endsWith('.tgz') && file.length > start.length + 4 ? file.slice(start.length, -4) : undefined
}
