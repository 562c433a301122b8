import type { Layer } from '../../layers.ts'
import { type Check, type DoorTarget, type Finding, folderOf, isProgram, type Tree } from './tree.ts'

const TABLE = 'layers.ts'
const MANIFEST = 'package.json'

const at = (path: string, problem: string): Finding => ({ path, line: 1, problem })

const holds = (folder: string, path: string): boolean => path.startsWith(`src/${folder}/`)

const foldersWithoutRow = ({ sources, layers }: Tree): readonly Finding[] => {
  const homeless = sources.filter(isProgram).filter(({ path }) => !layers.some(({ folder }) => holds(folder, path)))
  return [...new Set(homeless.map(({ path }) => folderOf(path)))].map((folder) => at(TABLE, `has no row for ${folder}`))
}

const rowsWithoutFolder = ({ sources, layers }: Tree): readonly Finding[] =>
  layers
    .filter(({ folder }) => !sources.some(({ path }) => holds(folder, path)))
    .map(({ folder }) => at(TABLE, `has a row for ${folder}, which does not exist`))

const unknownDoors = ({ layers, manifest }: Tree): readonly Finding[] =>
  layers.flatMap(({ folder, mayImport }) =>
    mayImport
      .filter((door) => door !== '*' && !Object.hasOwn(manifest.imports, door))
      .map((door) => at(TABLE, `lets ${folder} import ${door}, which package.json does not have`)),
  )

/** A door for tests leads into test/. */
const expectedTarget = (door: string, target: DoorTarget): DoorTarget => {
  const source = target['ggen-source'] ?? ''
  if (source.startsWith('./test/') && source.endsWith('/mod.ts')) return { 'ggen-source': source }
  const folder = door.slice(1)
  return { 'ggen-source': `./src/${folder}/mod.ts` }
}

const doorFindings = ({ sources, layers, manifest }: Tree): readonly Finding[] => {
  const missing = layers
    .filter(({ folder }) => folder !== 'main' && !Object.hasOwn(manifest.imports, `#${folder}`))
    .map(({ folder }) => at(MANIFEST, `has no front door #${folder}`))
  const broken = Object.entries(manifest.imports).flatMap(([door, target]) => {
    const expected = expectedTarget(door, target)
    if (JSON.stringify(target) !== JSON.stringify(expected)) return [at(MANIFEST, `${door} must lead to ${JSON.stringify(expected)}`)]
    const file = target['ggen-source']?.slice('./'.length)
    return sources.some(({ path }) => path === file) ? [] : [at(MANIFEST, `${door} leads to ${file}, which does not exist`)]
  })
  return [...missing, ...broken]
}

/** Doors that a folder reaches in one or more steps. */
const reachable = (layers: readonly Layer[], start: Layer): ReadonlySet<string> => {
  const seen = new Set<string>()
  const open = [...start.mayImport]
  for (let door = open.pop(); door !== undefined; door = open.pop()) {
    if (seen.has(door)) continue
    seen.add(door)
    open.push(...(layers.find(({ folder }) => `#${folder}` === door)?.mayImport ?? []))
  }
  return seen
}

const circles = ({ layers }: Tree): readonly Finding[] =>
  layers.filter((layer) => reachable(layers, layer).has(`#${layer.folder}`)).map(({ folder }) => at(TABLE, `lets ${folder} reach itself in a circle`))

const stepFindings = ({ layers }: Tree): readonly Finding[] =>
  layers
    .filter(({ folder, mayImport }) => folder.startsWith('flow/') && mayImport.some((door) => door === '*' || door.startsWith('#flow/')))
    .map(({ folder }) => at(TABLE, `lets the step ${folder} import a step; only marketplace strings them`))

/** layers.ts, package.json#imports and the folders of src/ tell one story without circles. */
export const checkLayers: Check = (tree) =>
  [foldersWithoutRow, rowsWithoutFolder, unknownDoors, doorFindings, circles, stepFindings].flatMap((check) => check(tree))
