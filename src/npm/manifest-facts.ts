import { isDeepStrictEqual } from 'node:util'
import { type NpmName, unscopedName } from './npm-name.ts'
import { INSTALL_SCRIPTS, isFields } from './package-document.ts'

type Fields = Readonly<Record<string, unknown>>

/** One command may be named by its file alone: then it is called as the package is. `undefined`: there is none. */
export const binOf = (name: NpmName, bin: unknown): Fields | undefined => {
  if (typeof bin === 'string') return { [unscopedName(name)]: bin }
  return isFields(bin) ? Object.fromEntries(Object.entries(bin).filter(([, path]) => typeof path === 'string')) : undefined
}

/** npm builds a package with a `binding.gyp` where no script says how. */
export const scriptsOf = ({ manifest, isNative }: { readonly manifest: Fields; readonly isNative: boolean }): Fields => {
  const scripts = isFields(manifest['scripts']) ? manifest['scripts'] : {}
  const builds = isNative && manifest['gypfile'] !== false && !Object.hasOwn(scripts, 'install') && !Object.hasOwn(scripts, 'preinstall')
  return builds ? { ...scripts, install: 'node-gyp rebuild' } : scripts
}

/** Packages that are in the archive: two spellings, and `true` for all. `undefined`: none are named. */
export const bundledOf = (manifest: Fields): readonly unknown[] | undefined => {
  const said: unknown = manifest['bundleDependencies'] ?? manifest['bundledDependencies']
  if (said === true) return Object.keys(isFields(manifest['dependencies']) ? manifest['dependencies'] : {})
  return Array.isArray(said) ? (said as readonly unknown[]) : undefined
}

interface Described {
  readonly name: NpmName
  readonly manifest: Fields
  readonly isNative: boolean
}

/** What decides which code comes with a package and runs, in one spelling. */
const factsOf = (described: Described): Fields => {
  const { name, manifest } = described
  const optional = tableOf(manifest['optionalDependencies'])
  const scripts = Object.entries(scriptsOf(described)).filter(([script]) => INSTALL_SCRIPTS.includes(script))
  return {
    name: manifest['name'],
    version: manifest['version'],
    // Clients name optional ones among the others, too.
    dependencies: Object.fromEntries(Object.entries(tableOf(manifest['dependencies'])).filter(([key]) => !Object.hasOwn(optional, key))),
    optionalDependencies: optional,
    peerDependencies: tableOf(manifest['peerDependencies']),
    peerDependenciesMeta: tableOf(manifest['peerDependenciesMeta']),
    bundleDependencies: [...new Set(bundledOf(manifest))].map(String).toSorted(),
    bin: Object.fromEntries(Object.entries(binOf(name, manifest['bin']) ?? {}).map(plainBin)),
    scripts: Object.fromEntries(scripts),
    os: listOf(manifest['os']),
    cpu: listOf(manifest['cpu']),
    libc: listOf(manifest['libc']),
  }
}

/** A command has no scope, and its file lies below the package, however both are written. */
const plainBin = ([key, path]: readonly [string, unknown]): readonly [string, string] => [key.replace(/^.*\//, ''), String(path).replace(/^(?:\.?\/)+/, '')]

const tableOf = (value: unknown): Fields => (isFields(value) ? value : {})
const listOf = (value: unknown): readonly string[] => (value === undefined ? [] : [value].flat().map(String).toSorted())

/** In what a client says of a package differs from what its archive says: names of fields, none where both say the same. Pure. */
export const contradictions = (name: NpmName, said: Fields, archived: Omit<Described, 'name'>): readonly string[] => {
  const [claimed, right] = [factsOf({ name, manifest: said, isNative: archived.isNative }), factsOf({ name, ...archived })]
  return Object.keys(right).filter((field) => !isDeepStrictEqual(claimed[field], right[field]))
}
