import { posix } from 'node:path'
import { importsOf } from './imports-of.ts'
import { maskCode } from './mask-code.ts'
import { type Check, type Finding, findingsOf, folderOf, isCode, isProgram, isTest, type Source, type Tree } from './tree.ts'

const isRelative = (specifier: string): boolean => /^\.{1,2}(?:\/|$)/.test(specifier)

const foldersWithDoor = ({ manifest }: Tree): readonly string[] =>
  Object.values(manifest.imports).flatMap((target) => (target['ggen-source']?.startsWith('./src/') === true ? [folderOf(target['ggen-source'].slice(2))] : []))

/** The folder whose door one must use to reach a file, or undefined outside src/: the innermost one with a door. */
const ownerOf = (tree: Tree, path: string): string | undefined =>
  [...foldersWithDoor(tree), 'src/main'].filter((folder) => path.startsWith(`${folder}/`)).sort((a, b) => b.length - a.length)[0]

/** A real and a simulated port prove themselves with the suite that lies beside the port, one folder up. */
const isSharedSuite = (source: Source, target: string): boolean =>
  isTest(source) && target.endsWith('conformance.ts') && isTest({ path: target }) && folderOf(source.path).startsWith(`${folderOf(target)}/`)

const relativeProblem = (tree: Tree, source: Source, specifier: string): string | undefined => {
  const target = posix.join(folderOf(source.path), specifier)
  if (isSharedSuite(source, target)) return undefined
  if (isProgram(source) && isTest({ path: target })) return `"${specifier}" serves tests only, and this file is part of the program`
  if (source.path.startsWith('src/') && specifier.split('/').includes('..')) return `"${specifier}" climbs; use the front door of that folder`
  const owner = ownerOf(tree, target)
  if (owner !== undefined && owner !== ownerOf(tree, source.path)) return `"${specifier}" enters ${owner} by a window; use #${owner.slice('src/'.length)}`
  if (!/\.(?:ts|mjs|js|json)$/.test(specifier)) return `"${specifier}" has no file extension`
  return undefined
}

const problemOf = (tree: Tree, source: Source, specifier: string): string | undefined => {
  if (isRelative(specifier)) return relativeProblem(tree, source, specifier)
  if (specifier.startsWith('#') && !Object.hasOwn(tree.manifest.imports, specifier)) return `"${specifier}" is no front door of package.json`
  if (specifier === 'ggen' && source.path.startsWith('examples/')) return undefined
  if (/^(?:\/|file:|src\/|ggen(?:\/|$))/.test(specifier)) return `"${specifier}" goes around the front doors`
  return undefined
}

const importFindings = (tree: Tree, source: Source): readonly Finding[] =>
  importsOf(source.text).flatMap(({ specifier, line }) => {
    const problem = problemOf(tree, source, specifier)
    return problem === undefined ? [] : [{ path: source.path, line, problem }]
  })

const starFindings = ({ path, text }: Source): readonly Finding[] =>
  findingsOf(path, maskCode(text), { pattern: /^export\s+\*/gm, problem: () => 'exports everything; list the names' })

/** Between folders of src/ only front doors, inside them only paths that go down; every door lists its names. */
export const checkFrontDoors: Check = (tree) => tree.sources.filter(isCode).flatMap((source) => [...importFindings(tree, source), ...starFindings(source)])
