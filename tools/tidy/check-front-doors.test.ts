import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkFrontDoors } from './check-front-doors.ts'
import { inShort, plantDoors, plantTree } from './plant.ts'

const manifest = { imports: { ...plantDoors('core', 'store', 'store/disk'), '#testing': { 'ggen-source': './test/support/mod.ts' } } }

const findingsFor = (path: string, text: string): readonly string[] => inShort(checkFrontDoors(plantTree({ [path]: text }, { manifest })))

test('A path that climbs is found in the program and in its tests', () => {
  const text = "import { a } from '../core/a.ts'"
  assert.deepEqual(findingsFor('src/store/b.ts', text), ['src/store/b.ts:1 "../core/a.ts" climbs; use the front door of that folder'])
  assert.equal(findingsFor('src/store/b.test.ts', text).length, 1)
  assert.equal(findingsFor('src/store/b.ts', "export { a } from './x/../../core/a.ts'").length, 1)
  assert.equal(findingsFor('src/store/b.ts', "const a = await import('../core/a.ts')").length, 1)
  assert.equal(findingsFor('src/store/b.ts', "type A = import('../core/a.ts').A").length, 1)
})

test('A deep import behind a front door is found', () => {
  assert.deepEqual(findingsFor('src/store/b.ts', "import type { a } from '#core/a'"), ['src/store/b.ts:1 "#core/a" is no front door of package.json'])
})

test('A folder with a door of its own is not entered by a window', () => {
  assert.deepEqual(findingsFor('src/store/b.ts', "import { a } from './disk/a.ts'"), [
    'src/store/b.ts:1 "./disk/a.ts" enters src/store/disk by a window; use #store/disk',
  ])
})

test('Tests and tools outside src enter it by front doors only', () => {
  assert.deepEqual(findingsFor('test/end/b.ts', "import { a } from '../../src/core/a.ts'"), [
    'test/end/b.ts:1 "../../src/core/a.ts" enters src/core by a window; use #core',
  ])
  assert.deepEqual(findingsFor('test/end/b.ts', "import { a } from '../support/a.ts'\nimport { b } from '#core'\nimport { c } from '#testing'"), [])
})

test('Ways around the doors and paths without extension are found', () => {
  for (const specifier of ['/src/core/a.ts', 'file:///a.ts', 'src/core/a.ts', 'ggen', 'ggen/core', './a', './disk-like/a', '.', '..']) {
    assert.equal(findingsFor('src/store/b.ts', `import { a } from '${specifier}'`).length, 1, specifier)
  }
})

test('Examples come through the door of the package, and through no other', () => {
  assert.deepEqual(findingsFor('examples/a/b.ts', "import { a } from 'ggen'"), [])
  assert.equal(findingsFor('examples/a/b.ts', "import { a } from 'ggen/core'").length, 1)
})

test('A door that exports everything is found', () => {
  assert.deepEqual(findingsFor('src/store/mod.ts', "export { a } from './a.ts'\nexport * from './b.ts'\nexport * as c from './c.ts'"), [
    'src/store/mod.ts:2 exports everything; list the names',
    'src/store/mod.ts:3 exports everything; list the names',
  ])
})

test('The conformance suite of a port may be climbed to by the tests behind its second door, and by nothing else', () => {
  const text = "import { conform } from '../conformance.ts'"
  assert.deepEqual(findingsFor('src/store/disk/b.test.ts', text), [])
  assert.deepEqual(findingsFor('src/store/disk/b.test.ts', "import { conform } from '../blobs.conformance.ts'"), [])
  assert.equal(findingsFor('src/store/disk/b.ts', text).length, 1)
  assert.equal(findingsFor('src/core/b.test.ts', "import { conform } from '../store/conformance.ts'").length, 1)
})

test('A file of the program that imports what serves tests only is found', () => {
  assert.deepEqual(findingsFor('src/store/mod.ts', "export { conform } from './blobs.conformance.ts'"), [
    'src/store/mod.ts:1 "./blobs.conformance.ts" serves tests only, and this file is part of the program',
  ])
  assert.deepEqual(findingsFor('src/store/b.test.ts', "import { conform } from './conformance.ts'"), [])
})

test('Front doors, downward paths, libraries, comments and strings are left alone', () => {
  const text = [
    "import { a } from '#core'",
    "import { b } from './parts/b.ts'",
    "import { c } from 'multiformats/cid'",
    "import assert from 'node:assert/strict'",
    "// import { d } from '../core/d.ts'",
    'const e = "import { d } from \'../core/d.ts\'"',
  ].join('\n')
  assert.deepEqual(findingsFor('src/store/b.ts', text), [])
})
