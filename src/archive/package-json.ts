import { GgenError } from '#core'
import type { Manifest } from './manifest.ts'
import { readDependencies, type TableName } from './manifest-dependencies.ts'
import { field, isTable, type ManifestSection, optionalText, requiredName, requiredVersion, texts } from './manifest-section.ts'
import { showableTexts } from './manifest-texts.ts'

const TABLES: Readonly<Record<TableName, string>> = { needed: 'dependencies', optional: 'optionalDependencies', peer: 'peerDependencies' }

/** What npm runs in a package that it installs, from a registry or from a repository. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare', 'prepublish'] as const

/** `package.json` as npm reads it. Throws `manifest-invalid`, `name-invalid`, `version-invalid`. */
export const parsePackageJson = (text: string): Manifest => {
  const section: ManifestSection = { file: 'package.json', label: '', table: parseTable(text) }
  const name = requiredName(section, 'name')
  const version = requiredVersion(section)
  const raw = {
    title: optionalText(section, 'title'),
    description: optionalText(section, 'description'),
    tags: [...texts(section, 'tags'), ...texts(section, 'keywords')],
    category: optionalText(section, 'category') ?? texts(section, 'categories')[0],
    license: named(field(section, 'license') ?? field(section, 'licenses'), 'type', ' OR '),
    author: named(field(section, 'author') ?? field(section, 'authors'), 'name', ', '),
  }
  const files = allowedFiles(section)
  return {
    format: 'package.json',
    name,
    version,
    ...showableTexts(name, raw),
    dependencies: readDependencies((table) => ({ section, key: TABLES[table] }), optionalPeers(section)),
    scripts: hasInstallScript(section.table),
    bins: binPaths(section).length,
    ...(files !== undefined && { files }),
  }
}

/** Whether npm would run something of a package with this `package.json`; false where it is not JSON, which npm does not install. */
export const asksForInstallScripts = (text: string): boolean => {
  const document = parseJson(text)
  return isTable(document) && hasInstallScript(document)
}

const hasInstallScript = (table: Readonly<Record<string, unknown>>): boolean => {
  const scripts = table['scripts']
  return table['gypfile'] === true || (isTable(scripts) && INSTALL_SCRIPTS.some((script) => Object.hasOwn(scripts, script) && scripts[script] !== ''))
}

function parseTable(text: string): Readonly<Record<string, unknown>> {
  const document = parseJson(text)
  if (document instanceof SyntaxError) {
    throw new GgenError('manifest-invalid', `package.json: ${document.message}`, { cause: document, details: { file: 'package.json' } })
  }
  if (isTable(document)) return document
  throw new GgenError('manifest-invalid', 'package.json: it must be an object', { details: { file: 'package.json' } })
}

/** What the text says, or the error that says why it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return error
    throw error
  }
}

/** npm writes people and licences as texts, as objects or as lists of both. */
const named = (value: unknown, key: 'type' | 'name', separator: string): string | undefined => {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map((item: unknown) => named(item, key, separator) ?? '').filter((text) => text !== '').join(separator)
  const text = isTable(value) ? value[key] : undefined
  return typeof text === 'string' ? text : undefined
}

/** npm says beside the ranges which peers are optional. */
const optionalPeers = (section: ManifestSection): ReadonlySet<string> => {
  const meta = field(section, 'peerDependenciesMeta')
  const said = isTable(meta) ? Object.entries(meta) : []
  return new Set(said.flatMap(([name, about]) => (isTable(about) && about['optional'] === true ? name : [])))
}

const binPaths = (section: ManifestSection): readonly string[] => {
  const bin = field(section, 'bin')
  const paths = isTable(bin) ? Object.values(bin) : [bin]
  return paths.filter((path) => typeof path === 'string')
}

/** npm packs the entry point and the commands whatever `files` says. */
const allowedFiles = (section: ManifestSection): readonly string[] | undefined => {
  const files = field(section, 'files')
  if (!Array.isArray(files)) return undefined
  const main = optionalText(section, 'main')
  return [...texts(section, 'files'), ...(main === undefined ? [] : [main]), ...binPaths(section)]
}
