import assert from 'node:assert/strict'
import { it } from 'node:test'
import { readPackageLock } from './package-lock.ts'

const fault = (what: string): never => { throw new RangeError(what) }
const read = (lock: object): readonly unknown[] => readPackageLock(JSON.stringify(lock), fault)
const GIT = 'git+ssh://git@git.example/a/b.git#0123'

it('versions 2 and 3 are read by folder: links, git, files and what lies in other archives are left out, the project is none', () => {
  const packages = {
    '': { name: 'project', version: '1.0.0' }, 'packages/a': { name: 'a', version: '1.0.0' }, 'node_modules/a': { resolved: 'packages/a', link: true },
    'node_modules/b': { version: '1.0.0', resolved: GIT }, 'node_modules/c': { version: '1.0.0', resolved: 'file:c.tgz' },
    'node_modules/d': { version: '1.0.0', inBundle: true }, 'node_modules/e': { name: '@s/real', version: '2.0.0', optional: true },
    'packages/a/node_modules/@s/f': { version: '3.0.0', resolved: 'https://r.example/f.tgz', devOptional: true },
  }
  const expected = [
    undefined, undefined, undefined, undefined, { name: '@s/real', version: '2.0.0', isOptional: true },
    { name: '@s/f', version: '3.0.0', resolved: 'https://r.example/f.tgz' },
  ]
  for (const lockfileVersion of [2, 3]) assert.deepEqual(read({ lockfileVersion, packages, dependencies: { old: { version: '1.0.0' } } }), expected)
})

it('version 1 is read with what lies further in', () => {
  const dependencies = {
    a: { version: '1.0.0', dependencies: { '@s/b': { version: '2.0.0', optional: true, dependencies: { c: { version: '3.0.0' } } } } },
    d: { version: GIT }, e: { version: 'file:e' }, f: { version: '1.0.0', bundled: true }, g: { version: 'npm:@s/real@4.0.0' }, h: { version: 'npm:real' },
  }
  const entries = read({ lockfileVersion: 1, dependencies })
  const names = entries.flatMap((entry) => (entry === undefined ? [] : [entry])).map((entry) => Object.values(entry as object).join(' '))
  assert.deepEqual(names.toSorted(), ['@s/b 2.0.0 true', '@s/real 4.0.0', 'a 1.0.0', 'c 3.0.0'])
  assert.equal(entries.filter((entry) => entry === undefined).length, 4)
})

it('other versions and broken entries are refused', () => {
  const entries = [{ lockfileVersion: 3, packages: { 'node_modules/a': 1 } }, { lockfileVersion: 1, dependencies: { a: 1 } }]
  const broken = [{}, { lockfileVersion: 4 }, { lockfileVersion: '3' }, ...entries]
  for (const lock of broken) assert.throws(() => read(lock), RangeError)
})
