import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkTestsBeside } from './check-tests-beside.ts'
import { inShort, places, plantTree } from './plant.ts'

test('Every way to export a function or a class wants a test', () => {
  const files = {
    'src/a/one.ts': 'export function one() {}',
    'src/a/two.ts': 'export async function two() {}',
    'src/a/three.ts': 'export const three = (x: number): string => String(x)',
    'src/a/four.ts': 'export const four = async (\n  x: number,\n): Promise<void> => {\n  await x\n}',
    'src/a/five.ts': 'export abstract class Five {}',
    'src/a/six.ts': 'export const six: Codec = {\n  encode(x) {\n    return x\n  },\n}',
    'src/a/seven.ts': 'export const seven: (x: () => void) => void = (x) => x()',
  }
  assert.deepEqual(places(checkTestsBeside(plantTree(files))), Object.keys(files).map((path) => `${path}:1`))
})

test('Types, constants, doors, conformance suites, entry points and files outside src want none', () => {
  const files = {
    'src/a/types.ts': 'export interface A {\n  f(): void\n  g: (x: number) => string\n}\nexport type B = () => void\n',
    'src/a/constants.ts': "export const LIMITS = Object.freeze({ a: 1, b: [2, 3] })\nexport const text = 'x => y'\n",
    'src/a/mod.ts': "export { one } from './types.ts'",
    'src/a/conformance.ts': 'export const conform = () => {}',
    'src/main/bin.ts': 'const main = () => {}\nmain()',
    'tools/a.ts': 'export const a = () => {}',
  }
  assert.deepEqual(checkTestsBeside(plantTree(files)), [])
})

test('A test counts when it imports the file by its path', () => {
  const files = { 'src/a/one.ts': 'export const one = () => 1', 'src/a/whole.test.ts': "import { one } from './one.ts'" }
  assert.deepEqual(checkTestsBeside(plantTree(files)), [])
})

test('A test counts when it takes a name of the file through the door', () => {
  const files = {
    'src/a/one.ts': 'export const one = () => 1',
    'src/a/two.ts': 'export const two = () => 2',
    'src/a/three.ts': 'export const three = () => 3',
    'src/a/mod.ts': "export { one as first } from './one.ts'\nexport { two } from './two.ts'\nexport { three } from './three.ts'",
    'src/a/a.test.ts': "import { first as f } from './mod.ts'\nimport * as a from './mod.ts'\na.two()",
  }
  assert.deepEqual(inShort(checkTestsBeside(plantTree(files))), ['src/a/three.ts:1 no test in src/a/ imports ./three.ts'])
})

test('A test in another folder, or one that only names the file in a comment, does not count', () => {
  const files = {
    'src/a/one.ts': 'export const one = () => 1',
    'src/b/one.test.ts': "import { one } from './one.ts'",
    'src/a/two.test.ts': "// import { one } from './one.ts'",
  }
  assert.deepEqual(places(checkTestsBeside(plantTree(files))), ['src/a/one.ts:1'])
})
