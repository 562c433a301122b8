import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { StubKey } from './stub-key.ts'
import { archiveName, type StubPackage, type StubVersion } from './stub-package.ts'

const compress = promisify(gzip)

export type DocumentForm = 'full' | 'abbreviated'

/** A document as it goes over the wire. */
export interface StubDocument {
  readonly plain: Buffer
  readonly gzipped: Buffer
  readonly etag: string
  readonly lastModified: string
  readonly contentType: string
}

/** The fields of a version that an abbreviated document has. */
const ABBREVIATED = [
  'name', 'version', 'deprecated', 'dependencies', 'optionalDependencies', 'devDependencies', 'bundleDependencies', 'peerDependencies', 'peerDependenciesMeta',
  'bin', 'directories', 'dist', 'engines', 'os', 'cpu', 'libc', 'funding', 'hasInstallScript',
]

const iso = (ms: number): string => new Date(ms).toISOString()

export interface DocumentSurroundings {
  readonly key: StubKey
  /** What `dist.tarball` begins with; ends in `/`. */
  readonly base: string
}

/** One version with `dist`, as in a full document and as `/NAME/VERSION`. */
export const versionDocument = async (version: StubVersion, { key, base }: DocumentSurroundings): Promise<Record<string, unknown>> => {
  const { integrity, shasum, unpackedBytes, fileCount } = await version.archive()
  const { name, version: number } = version.manifest
  const publisher = { name: 'alice', email: 'alice@example.org' }
  return {
    ...version.manifest, _id: `${name}@${number}`, _npmVersion: '12.0.0', _nodeVersion: '24.0.0', _npmUser: publisher, maintainers: [publisher],
    ...(version.deprecated !== undefined && { deprecated: version.deprecated }),
    dist: {
      tarball: `${base}${name}/-/${archiveName(name, number)}`, integrity, shasum, fileCount, unpackedSize: unpackedBytes,
      signatures: [key.signature(name, number, integrity)],
    },
  }
}

const fullDocument = async (entry: StubPackage, surroundings: DocumentSurroundings): Promise<Record<string, unknown>> => {
  const versions: Record<string, unknown> = {}
  for (const [number, version] of entry.versions) versions[number] = await versionDocument(version, surroundings)
  const times = [...entry.versions].map(([number, { publishedMs }]) => [number, iso(publishedMs)])
  return {
    _id: entry.name, _rev: `${entry.revision}-stub`, name: entry.name, 'dist-tags': Object.fromEntries(entry.tags), versions,
    time: { created: iso(entry.createdMs), modified: iso(entry.modifiedMs), ...Object.fromEntries(times) },
    maintainers: entry.maintainers, readme: `# ${entry.name}\n\nMade up.\n`, readmeFilename: 'README.md', license: 'MIT',
  }
}

const abbreviatedDocument = (entry: StubPackage, full: Record<string, unknown>): Record<string, unknown> => {
  const pick = (version: Record<string, unknown>): object =>
    Object.fromEntries(ABBREVIATED.flatMap((field) => (field in version ? [[field, version[field]]] : [])))
  const versions = Object.entries(full['versions'] as Record<string, Record<string, unknown>>).map(([number, version]) => [number, pick(version)])
  return { name: entry.name, 'dist-tags': full['dist-tags'], versions: Object.fromEntries(versions), modified: iso(entry.modifiedMs) }
}

/** What a registry says of a package, in the form that was asked for. */
export const writeDocument = async (entry: StubPackage, form: DocumentForm, surroundings: DocumentSurroundings): Promise<StubDocument> => {
  const full = await fullDocument(entry, surroundings)
  const plain = Buffer.from(JSON.stringify(form === 'full' ? full : abbreviatedDocument(entry, full)))
  return {
    plain, gzipped: await compress(plain), etag: `"${createHash('sha1').update(plain).digest('hex')}"`, lastModified: new Date(entry.modifiedMs).toUTCString(),
    contentType: form === 'full' ? 'application/json' : 'application/vnd.npm.install-v1+json',
  }
}
