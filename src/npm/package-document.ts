import { GgenError, NPM_LIMITS } from '#core'
import { type NpmName, unscopedName } from './npm-name.ts'

type Fields = Readonly<Record<string, unknown>>

/** What a registry says of a package, read as far as it must be understood; everything else is handed on as it came. */
export interface PackageDocument extends Fields {
  readonly name: NpmName
  readonly versions: Readonly<Record<string, VersionManifest>>
}

/** What it says of one version. */
export interface VersionManifest extends Fields {
  readonly dist: Distribution
}

export interface Distribution extends Fields {
  /** Where the registry has the archive. */
  readonly tarball: string
}

/** What the answer to an install has of a version, beside what the document as a whole has. */
const NEEDED_BY_INSTALLS = new Set([
  'name', 'version', 'deprecated', 'dependencies', 'optionalDependencies', 'devDependencies', 'bundleDependencies', 'bundledDependencies', 'peerDependencies',
  'peerDependenciesMeta', 'acceptDependencies', 'bin', 'directories', 'dist', 'engines', 'os', 'cpu', 'libc', 'funding', 'hasInstallScript', '_hasShrinkwrap',
])

/** What it has of the document as a whole. */
const SHORT = new Set(['name', 'dist-tags', 'modified', 'versions'])

/** What npm runs where it installs a package from a registry. */
export const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall']

/** Whether a value is a JSON object. */
export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a value is what a registry says of a version. */
export const isVersionManifest = (value: unknown): value is VersionManifest =>
  isFields(value) && isFields(value['dist']) && typeof value['dist']['tarball'] === 'string'

const odd = (name: NpmName, why: string): GgenError => new GgenError('registry-failed', `the document of ${name} ${why}`)

/** Reads the JSON of a document. Throws `registry-failed` for what is none, or is that of another package. */
export const readPackageDocument = (json: string, name: NpmName): PackageDocument => {
  const document = parse(json, name)
  if (!isFields(document) || document['name'] !== name) throw odd(name, 'is that of another package')
  const { versions = {} } = document
  if (!isFields(versions)) throw odd(name, 'has no versions')
  if (Object.keys(versions).length > NPM_LIMITS.versions) throw odd(name, `has more than ${NPM_LIMITS.versions} versions`)
  if (!Object.values(versions).every(isVersionManifest)) throw odd(name, 'has a version without an archive')
  return { ...document, name, versions: versions as PackageDocument['versions'] }
}

const parse = (json: string, name: NpmName): unknown => {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new GgenError('registry-failed', `the document of ${name} is not JSON`, { cause })
  }
}

type Versions = PackageDocument['versions']

const mapVersions = (versions: Versions, change: (manifest: VersionManifest, version: string) => VersionManifest): Versions =>
  Object.fromEntries(Object.entries(versions).map(([version, manifest]) => [version, change(manifest, version)]))

/** Where a client finds an archive below the address of a registry. */
export const tarballPath = (name: NpmName, version: string): string => `${name}/-/${unscopedName(name)}-${version}.tgz`

/** The same document with archives at another registry, whose address ends with a slash. */
export const withTarballsAt = (document: PackageDocument, base: string): PackageDocument => ({
  ...document,
  versions: mapVersions(document.versions, (manifest, version) =>
    ({ ...manifest, dist: { ...manifest.dist, tarball: `${base}${tarballPath(document.name, version)}` } })),
})

const isAbbreviated = (document: PackageDocument): boolean =>
  Object.keys(document).every((key) => SHORT.has(key)) && Object.values(document.versions).every((manifest) =>
    Object.keys(manifest).every((key) => NEEDED_BY_INSTALLS.has(key)))

/** What an install needs of it, or itself where there is no more in it. `modified` is there where the document says when it was changed. */
export const abbreviate = (document: PackageDocument): PackageDocument => {
  if (isAbbreviated(document)) return document
  const { name, versions, time } = document
  const modified = document['modified'] ?? (isFields(time) ? time['modified'] : undefined)
  return {
    name,
    ...(document['dist-tags'] !== undefined && { 'dist-tags': document['dist-tags'] }),
    ...(modified !== undefined && { modified }),
    versions: mapVersions(versions, (manifest) => ({
      ...(Object.fromEntries(Object.entries(manifest).filter(([key]) => NEEDED_BY_INSTALLS.has(key))) as VersionManifest),
      ...(wantsInstallScript(manifest) && { hasInstallScript: true }),
    })),
  }
}

const wantsInstallScript = ({ scripts }: VersionManifest): boolean => isFields(scripts) && INSTALL_SCRIPTS.some((script) => Object.hasOwn(scripts, script))

/** When it was changed last, as it says itself, Unix milliseconds; `undefined`: it does not say. */
export const modifiedAt = (document: PackageDocument): number | undefined => {
  const { time } = document
  const text = document['modified'] ?? (isFields(time) ? time['modified'] : undefined)
  const at = typeof text === 'string' ? Date.parse(text) : Number.NaN
  return Number.isFinite(at) ? at : undefined
}

/** Whether there are versions, and every one is signed by its registry. Whose signatures they are is another question. */
export const isSignedThroughout = ({ versions }: PackageDocument): boolean => {
  const all = Object.values(versions)
  return all.length > 0 && all.every(({ dist: { signatures } }) => Array.isArray(signatures) && signatures.length > 0)
}
