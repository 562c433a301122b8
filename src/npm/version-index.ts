import { GgenError } from '#core'
import { type Integrity, parseIntegrity, parseShasum } from './integrity.ts'
import type { PackageDocument } from './package-document.ts'
import { tarballPath } from './package-document.ts'
import type { VersionSignature } from './registry-signatures.ts'

/** What is needed to bring the archive of a version. */
export interface IndexedVersion {
  /** What its bytes must hash to; absent: the registry does not say, and nobody can know. */
  readonly integrity?: Integrity
  /** Where the registry has it. */
  readonly tarball: string
  /** What is to speak for its integrity, as long as nobody has looked whether it does. */
  readonly unproven?: VersionSignature
}

/** The versions of one document, without everything else that it says. */
export type VersionIndex = ReadonlyMap<string, IndexedVersion>

/** Reads what a document says of the bytes of its versions. Broken hashes count as none: a version that has no other cannot be installed. */
export const indexVersions = ({ versions }: PackageDocument, unproven: ReadonlyMap<string, VersionSignature> = new Map()): VersionIndex =>
  new Map(Object.entries(versions).map(([version, { dist }]): [string, IndexedVersion] => {
    const [integrity, signature] = [hashesOf(dist['integrity'], dist['shasum']), unproven.get(version)]
    return [version, { ...(integrity !== undefined && { integrity }), tarball: dist.tarball, ...(signature !== undefined && { unproven: signature }) }]
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

/** As it is kept. What is unproven has an integrity. */
type Row = readonly [version: string, tarball: string, integrity?: Integrity, keyid?: string, sig?: string]

/** The bytes of an index, to be kept. */
export const encodeIndex = (index: VersionIndex): Uint8Array =>
  Buffer.from(JSON.stringify(Array.from(index, ([version, { integrity, tarball, unproven }]): Row => {
    if (integrity === undefined) return [version, tarball]
    return unproven === undefined ? [version, tarball, integrity] : [version, tarball, integrity, unproven.keyid, unproven.sig]
  })))

/** Reads what `encodeIndex` wrote. */
export const decodeIndex = (bytes: Uint8Array): VersionIndex => {
  const rows = JSON.parse(Buffer.from(bytes).toString('utf8')) as readonly Row[]
  return new Map(rows.map(([version, tarball, integrity, keyid, sig]): [string, IndexedVersion] => {
    const unproven = keyid === undefined || sig === undefined ? undefined : { keyid, sig }
    return [version, { tarball, ...(integrity !== undefined && { integrity }), ...(unproven !== undefined && { unproven }) }]
  }))
}

/** The version whose archive has this file name (`name-1.2.3.tgz`); `undefined`: the name says none. */
export const versionOfFile = (name: Parameters<typeof tarballPath>[0], file: string): string | undefined => {
  const [, prefix = ''] = tarballPath(name, '\n').split('/-/')
  const start = prefix.slice(0, prefix.indexOf('\n'))
  return file.startsWith(start) && file.endsWith('.tgz') && file.length > start.length + 4 ? file.slice(start.length, -4) : undefined
}
