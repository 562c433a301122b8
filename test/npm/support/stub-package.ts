import { type StubArchive, packManifest } from './stub-archive.ts'

/** `package.json` of one version, as a registry shows it without `dist`. */
export interface StubManifest {
  readonly name: string
  readonly version: string
  readonly [field: string]: unknown
}

export interface StubVersion {
  readonly manifest: StubManifest
  readonly publishedMs: number
  archive(): Promise<StubArchive>
  deprecated?: string
}

export interface StubPackage {
  readonly name: string
  readonly versions: Map<string, StubVersion>
  readonly tags: Map<string, string>
  readonly createdMs: number
  modifiedMs: number
  /** Counts changes. */
  revision: number
  maintainers: readonly { readonly name: string; readonly email: string }[]
}

export interface PackageShape {
  readonly name: string
  /** Of the newest version; the others differ in their number alone. */
  readonly manifest?: Readonly<Record<string, unknown>>
  readonly versionCount?: number
  /** About, of one archive. */
  readonly sizeBytes?: number
}

/** All that is made up was published long ago: clients let newer versions wait. */
const FIRST_MS = Date.parse('2020-01-01T00:00:00.000Z')
const STEP_MS = 6 * 3600 * 1000

/** Version numbers as projects count them: `0.0.0` up to `count` of them, the newest last. */
const numbers = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${1 + Math.floor(index / 100)}.${Math.floor(index / 10) % 10}.${index % 10}`)

/** A package whose versions all have the archive of the newest one: nobody installs another. It is packed when it is first asked for. */
export const makePackage = ({ name, manifest = {}, versionCount = 1, sizeBytes = 2000 }: PackageShape): StubPackage => {
  const versions = numbers(versionCount)
  const newest = versions.at(-1) ?? '1.0.0'
  const about = {
    description: `the package ${name}, made up`, license: 'MIT', main: 'index.js', keywords: ['stub', 'made-up'], author: { name: 'Alice' },
    repository: { type: 'git', url: `git+https://git.example.org/${name}.git` }, homepage: `https://www.example.org/${name}`,
    scripts: { test: 'node test.js', lint: 'lint .', build: 'build src' },
    ...manifest,
  }
  let packed: Promise<StubArchive> | undefined
  const archive = (): Promise<StubArchive> => (packed ??= packManifest({ name, version: newest, ...about }, sizeBytes))
  const made = versions.map((version, index): [string, StubVersion] =>
    [version, { manifest: { name, version, ...about }, publishedMs: FIRST_MS + index * STEP_MS, archive }])
  return {
    name, versions: new Map(made), tags: new Map([['latest', newest]]), createdMs: FIRST_MS, modifiedMs: FIRST_MS + (versionCount - 1) * STEP_MS,
    revision: 1, maintainers: [{ name: 'alice', email: 'alice@example.org' }],
  }
}

/** The last part of a name, which names of archives begin with. */
export const lastPart = (name: string): string => name.slice(name.lastIndexOf('/') + 1)
export const archiveName = (name: string, version: string): string => `${lastPart(name)}-${version}.tgz`
