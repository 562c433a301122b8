import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkLayers } from './check-layers.ts'
import { inShort, plantDoors, plantTree } from './plant.ts'

const row = (folder: string, ...mayImport: readonly string[]) => ({ folder, answers: 'What?', mayImport })
const doorsOf = (...folders: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(folders.map((folder) => [`src/${folder}/mod.ts`, '']))

test('Folders, rows and doors that agree are left alone', () => {
  const files = { ...doorsOf('core', 'store', 'store/disk'), 'src/main/bin.ts': '', 'test/support/mod.ts': '' }
  const manifest = { imports: { ...plantDoors('core', 'store', 'store/disk'), '#testing': { 'ggen-source': './test/support/mod.ts' } } }
  assert.deepEqual(checkLayers(plantTree(files, { layers: [row('core'), row('store', '#core'), row('main', '*')], manifest })), [])
})

test('A folder without a row is found once', () => {
  const files = { ...doorsOf('core'), 'src/extra/a.ts': '', 'src/extra/b.ts': '' }
  assert.deepEqual(inShort(checkLayers(plantTree(files, { layers: [row('core')], manifest: { imports: plantDoors('core') } }))), [
    'layers.ts:1 has no row for src/extra',
  ])
})

test('A row without a folder and its missing door are found', () => {
  const findings = checkLayers(plantTree(doorsOf('core'), { layers: [row('core'), row('ghost')], manifest: { imports: plantDoors('core') } }))
  assert.deepEqual(inShort(findings), ['layers.ts:1 has a row for ghost, which does not exist', 'package.json:1 has no front door #ghost'])
})

test('A door that leads astray or to nothing is found', () => {
  const imports = { '#core': { 'ggen-source': './src/core/other.ts' }, ...plantDoors('store') }
  const findings = checkLayers(plantTree({ ...doorsOf('core'), 'src/store/a.ts': '' }, { layers: [row('core'), row('store')], manifest: { imports } }))
  assert.deepEqual(inShort(findings), [
    'package.json:1 #core must lead to {"ggen-source":"./src/core/mod.ts"}',
    'package.json:1 #store leads to src/store/mod.ts, which does not exist',
  ])
})

test('A row that names an unknown door is found', () => {
  const findings = checkLayers(plantTree(doorsOf('core'), { layers: [row('core', '#nowhere')], manifest: { imports: plantDoors('core') } }))
  assert.deepEqual(inShort(findings), ['layers.ts:1 lets core import #nowhere, which package.json does not have'])
})

test('A circle in the table is found in every row that is part of it', () => {
  const layers = [row('a', '#b'), row('b', '#c'), row('c', '#a'), row('d', '#a')]
  const findings = checkLayers(plantTree(doorsOf('a', 'b', 'c', 'd'), { layers, manifest: { imports: plantDoors('a', 'b', 'c', 'd') } }))
  assert.deepEqual(inShort(findings), ['a', 'b', 'c'].map((folder) => `layers.ts:1 lets ${folder} reach itself in a circle`))
})

test('A step that may import a step is found', () => {
  const layers = [row('flow/fetch'), row('flow/install', '#flow/fetch')]
  const manifest = { imports: plantDoors('flow/fetch', 'flow/install') }
  assert.deepEqual(inShort(checkLayers(plantTree(doorsOf('flow/fetch', 'flow/install'), { layers, manifest }))), [
    'layers.ts:1 lets the step flow/install import a step; only marketplace strings them',
  ])
})
