import { compare, prerelease } from 'semver'
import { binOf, bundledOf, scriptsOf } from './manifest-facts.ts'
import type { NpmName } from './npm-name.ts'
import type { NpmVersion } from './npm-version.ts'
import { INSTALL_SCRIPTS, type PackageDocument, tarballPath, type VersionManifest } from './package-document.ts'
import type { VersionSignature } from './registry-signatures.ts'

type Fields = Readonly<Record<string, unknown>>

/** What the archive of a version says, and what is known of its bytes. */
export interface MadeVersion {
  readonly version: NpmVersion
  /** The `package.json` in the archive. */
  readonly manifest: Fields
  /** npm builds a package with a `binding.gyp` where no script says how. */
  readonly isNative: boolean
  readonly hasShrinkwrap: boolean
  /** As it is to stand in `dist`. */
  readonly integrity: string
  readonly shasum?: string
  readonly signatures: readonly VersionSignature[]
  /** When it came out, Unix milliseconds. */
  readonly at: number
  /** Why it had better not be used. */
  readonly deprecated?: string
}

export interface MadePackage {
  readonly name: NpmName
  readonly versions: readonly MadeVersion[]
  readonly tags: Readonly<Record<string, string>>
  readonly maintainers: readonly { readonly name: string; readonly email: string }[]
}

/**
 * The document of a package, made from its archives: what is said nowhere else stands in no document that is believed. The archives lie where
 * `withTarballsAt` puts them.
 */
export const makeDocument = ({ name, versions, tags, maintainers }: MadePackage): PackageDocument => {
  const inOrder = versions.toSorted((a, b) => compare(a.version, b.version))
  const newest = inOrder.find(({ version }) => version === tags['latest']) ?? inOrder.at(-1)
  const times = inOrder.map(({ at }) => at)
  return {
    _id: name,
    name,
    'dist-tags': tags,
    versions: Object.fromEntries(inOrder.map((one) => [one.version, manifestOf(name, one, maintainers)])),
    time: {
      ...(times.length > 0 && { created: iso(Math.min(...times)), modified: iso(Math.max(...times)) }),
      ...Object.fromEntries(inOrder.map(({ version, at }) => [version, iso(at)])),
    },
    maintainers,
    ...Object.fromEntries(ABOUT_THE_PACKAGE.flatMap((key) => (newest?.manifest[key] === undefined ? [] : [[key, newest.manifest[key]]]))),
  }
}

const iso = (at: number): string => new Date(at).toISOString()

/** What the page of a package shows of its newest version. */
const ABOUT_THE_PACKAGE = ['description', 'keywords', 'license', 'author', 'homepage', 'repository', 'bugs'] as const

/** What only a registry says of a version, what no client of a registry reads, and what is spelt anew. */
const NOT_FROM_ARCHIVES = /^(?:_.*|dist|deprecated|readme|readmeFilename|maintainers|hasInstallScript|gitHead|bin|scripts|bundled?Dependencies)$/

const manifestOf = (name: NpmName, one: MadeVersion, maintainers: MadePackage['maintainers']): VersionManifest => {
  const { version, manifest, integrity, shasum, signatures, deprecated, hasShrinkwrap } = one
  const kept = Object.fromEntries(Object.entries(manifest).filter(([key]) => !NOT_FROM_ARCHIVES.test(key)))
  const scripts = scriptsOf(one)
  const [bin, bundled] = [binOf(name, manifest['bin']), bundledOf(manifest)]
  const wantsScript = INSTALL_SCRIPTS.some((script) => Object.hasOwn(scripts, script))
  return {
    ...kept,
    name, version,
    _id: `${name}@${version}`,
    ...(bin !== undefined && { bin }),
    ...(bundled !== undefined && { bundleDependencies: bundled }),
    ...(Object.keys(scripts).length > 0 && { scripts }),
    ...(wantsScript && { hasInstallScript: true }),
    ...(hasShrinkwrap && { _hasShrinkwrap: true }),
    ...(deprecated !== undefined && { deprecated }),
    maintainers,
    dist: { integrity, ...(shasum !== undefined && { shasum }), tarball: tarballPath(name, version), ...(signatures.length > 0 && { signatures }) },
  }
}

/**
 * The tags of a package: what its publisher says of those versions, and where it does not say `latest`, that is the highest that is no pre-release, else the
 * highest.
 */
export const tagsOf = (versions: readonly NpmVersion[], said: ReadonlyMap<string, string> = new Map()): Readonly<Record<string, string>> => {
  const inOrder = versions.toSorted(compare)
  const latest = inOrder.findLast((version) => prerelease(version) === null) ?? inOrder.at(-1)
  return {
    ...(latest !== undefined && { latest }),
    ...Object.fromEntries([...said].filter(([, version]) => inOrder.some((one) => one === version))),
  }
}
