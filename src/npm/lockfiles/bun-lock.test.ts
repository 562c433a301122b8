import assert from 'node:assert/strict'
import { it } from 'node:test'
import { readBunLock } from './bun-lock.ts'

const fault = (what: string): never => { throw new RangeError(what) }
const read = (packages: unknown, lockfileVersion: unknown = 1): readonly unknown[] => readBunLock(JSON.stringify({ lockfileVersion, packages }), fault)
const SHA1 = 'sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0='

it('what bun took from a registry is read, and everything else left out', () => {
  const packages = {
    '@s/a': ['@s/a@1.0.0', '', { dependencies: { b: '^1' } }, SHA1], alias: ['real@2.0.0', 'https://r.example/real.tgz', { os: 'aix' }, SHA1],
    'alias/b': ['b@3.0.0', '', {}], c: ['c@workspace:packages/c'], d: ['d@file:d', {}], e: ['e@git+ssh://git.example/e.git#0123', {}, '0123'],
    f: ['f@https://r.example/f.tgz', {}, SHA1], g: ['g@root:', { bin: 'g.js' }], h: ['h@1.0.0', '', { bundled: true }, SHA1], i: ['i@link:i', {}],
  }
  assert.deepEqual(read(packages), [
    { name: '@s/a', version: '1.0.0', integrity: SHA1 },
    { name: 'real', version: '2.0.0', integrity: SHA1, resolved: 'https://r.example/real.tgz', isOptional: true },
    { name: 'b', version: '3.0.0' }, ...Array.from({ length: 7 }, () => undefined),
  ])
})

it('other versions and broken entries are refused', () => {
  for (const version of [-1, 3, '1', null]) assert.throws(() => read({}, version), RangeError)
  for (const entry of [{}, [], [1], 'a@1.0.0']) assert.throws(() => read({ a: entry }), RangeError)
})
