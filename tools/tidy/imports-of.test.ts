import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importsOf } from './imports-of.ts'

test('Every form of import is found with its line', () => {
  const text = [
    "import { a } from './a.ts'",
    "import './b.ts'",
    "import type { c } from './c.ts'",
    "export { d } from './d.ts'",
    'import {\n  e,\n} from "./e.ts"',
    "const f = await import('./f.ts')",
    "type G = import('./g.ts').G",
    "export * from './h.ts'",
  ].join('\n')
  const found = importsOf(text).map(({ specifier, line }) => `${specifier}:${line}`)
  assert.deepEqual(found, ['./a.ts:1', './b.ts:2', './c.ts:3', './d.ts:4', './e.ts:7', './f.ts:8', './g.ts:9', './h.ts:10'])
})

test('Comments, strings and computed imports name no module', () => {
  const text = ["// import './a.ts'", 'const text = "import \'./b.ts\'"', 'await import(`./${name}.ts`)', 'Array.from(things)', 'import.meta.url'].join('\n')
  assert.deepEqual(importsOf(text), [])
})
