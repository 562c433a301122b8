import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkPurity } from './check-purity.ts'
import { places, plantDoors, plantTree } from './plant.ts'

const layers = ['trust', 'config', 'store', 'doors/cli', 'main'].map((folder) => ({ folder, answers: 'What?', mayImport: [] }))
const manifest = { imports: plantDoors('trust', 'config', 'store', 'store/disk', 'doors/cli') }

test('A date of the present is found outside the edges', () => {
  const text = ['f(new Date())', 'const d = new Date', 'Date()', 'new Date( )'].join('\n')
  for (const path of ['src/trust/a.ts', 'src/store/a.ts', 'src/store/diskette/a.ts']) {
    assert.deepEqual(places(checkPurity(plantTree({ [path]: text }, { layers, manifest }))), [1, 2, 3, 4].map((line) => `${path}:${line}`))
  }
})

test('The edges, tests, dates that are given, types and comments are left alone', () => {
  const edges = ['src/config/a.ts', 'src/store/disk/a.ts', 'src/doors/cli/a.ts', 'src/main/a.ts', 'src/trust/a.test.ts', 'test/a.ts']
  const pure = 'const a = new Date(ms).toISOString()\nconst b: Date = a\nclass MyDate {}\nf(x instanceof Date)\nd.toDate()\n// new Date()\n'
  const files = { ...Object.fromEntries(edges.map((path) => [path, 'new Date()'])), 'src/trust/b.ts': pure }
  assert.deepEqual(checkPurity(plantTree(files, { layers, manifest })), [])
})
