import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { LAYERS } from '../../layers.ts'
import { lintPlanted, linesOf } from './lint-planted.ts'
import { plant, REPOSITORY } from './plant.ts'

const RULE = 'no-restricted-imports'

const doors = Object.keys((JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { imports: object }).imports)
const secondDoors = { 'store/disk': 'store', 'network/libp2p': 'network', 'domains/web': 'domains', 'registry/http': 'registry' } as const

const rows = [
  ...LAYERS,
  ...Object.entries(secondDoors).map(([folder, parent]) => ({
    folder,
    mayImport: [...(LAYERS.find((layer) => layer.folder === parent)?.mayImport ?? []), `#${parent}`],
  })),
]

const mayImport = (row: { readonly mayImport: readonly string[] }, door: string): boolean =>
  row.mayImport.includes(door) || (row.mayImport.includes('*') && door !== '#testing')

/** One import a line, so that the line names the module. */
const importing = (specifiers: readonly string[]): string =>
  specifiers.map((specifier, index) => `export { a as a${index} } from '${specifier}'\n`).join('')

const refusedOf = (specifiers: readonly string[], isAllowed: (specifier: string) => boolean): readonly number[] =>
  specifiers.flatMap((specifier, index) => (isAllowed(specifier) ? [] : [index + 1]))

test('Every folder may import exactly the front doors of its row in layers.ts', (context) => {
  const files = Object.fromEntries(rows.map(({ folder }) => [`src/${folder}/all.ts`, importing(doors)]))
  const findings = lintPlanted(plant(context, files))
  for (const row of rows) {
    assert.deepEqual(linesOf(findings, `src/${row.folder}/all.ts`, RULE), refusedOf(doors, (door) => mayImport(row, door)), row.folder)
  }
})

test('No folder imports behind a door, climbs, or names a module without its protocol', (context) => {
  const refused = [
    '#core/errors', '#trust/keys', '../core/mod.ts', './parts/../../core/mod.ts', 'fs', 'crypto', 'src/core/mod.ts', 'ggen', '/a.ts',
    'left-pad', 'left-pad/semver', 'x/node:fs', 'x/#core',
  ]
  const folders = rows.map(({ folder }) => folder).filter((folder) => folder !== 'main')
  const findings = lintPlanted(plant(context, Object.fromEntries(folders.map((folder) => [`src/${folder}/all.ts`, importing(refused)]))))
  for (const folder of folders) assert.deepEqual(linesOf(findings, `src/${folder}/all.ts`, RULE), refused.map((_, index) => index + 1), folder)
})

test('Type imports, dynamic imports and bare imports count like any other', (context) => {
  const forms = ["import type { A } from '#trust'", "import '#trust'", "export const later = (): Promise<unknown> => import('#trust')", 'export type B = A']
  const text = `${forms.join('\n')}\n`
  const findings = lintPlanted(plant(context, { 'src/core/forms.ts': text, 'src/core/type.ts': "export type C = import('#trust').A\n" }))
  assert.deepEqual(linesOf(findings, 'src/core/forms.ts', RULE), [1, 2, 3])
  assert.deepEqual(linesOf(findings, 'src/core/type.ts', 'typescript/consistent-type-imports'), [1])
})

const isStep = (folder: string): boolean => folder.startsWith('flow/')
const isDoor = (folder: string): boolean => folder.startsWith('doors/')
const isLibp2p = (folder: string): boolean => folder === 'network/libp2p'

const LIBRARIES: Readonly<Record<string, (folder: string) => boolean>> = {
  libp2p: isLibp2p,
  '@libp2p/kad-dht': isLibp2p,
  '@chainsafe/libp2p-yamux': isLibp2p,
  '@multiformats/multiaddr': isLibp2p,
  'datastore-core': isLibp2p,
  'multiformats/cid': (folder) => ['core', 'wire', 'trust'].includes(folder) || isLibp2p(folder),
  '@ipld/dag-cbor': (folder) => ['wire', 'trust', 'network'].includes(folder) || isStep(folder),
  tldts: (folder) => folder === 'domains',
  zod: (folder) => folder === 'config' || folder === 'bundle' || isDoor(folder),
  fastify: (folder) => folder === 'doors/daemon' || folder === 'doors/central',
  'prom-client': (folder) => folder === 'doors/central',
  commander: (folder) => folder === 'doors/cli',
  'node:sqlite': (folder) => folder === 'store/disk',
}

test('Every library is known to the folders that need it and to no other', (context) => {
  const names = Object.keys(LIBRARIES)
  const findings = lintPlanted(plant(context, Object.fromEntries(rows.map(({ folder }) => [`src/${folder}/all.ts`, importing(names)]))))
  for (const { folder } of rows) {
    assert.deepEqual(linesOf(findings, `src/${folder}/all.ts`, RULE), refusedOf(names, (name) => LIBRARIES[name]?.(folder) === true), folder)
  }
})

test('Tests, benchmarks and the demo may enter every front door', (context) => {
  const paths = ['src/flow/fetch/a.test.ts', 'src/store/conformance.ts', 'src/store/blobs.conformance.ts', 'test/a.ts', 'bench/a.ts', 'examples/a.ts']
  const findings = lintPlanted(plant(context, Object.fromEntries(paths.map((path) => [path, importing([...doors, 'libp2p', 'node:fs'])]))))
  for (const path of paths) assert.deepEqual(linesOf(findings, path, RULE), [], path)
})
