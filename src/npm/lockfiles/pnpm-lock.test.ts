import assert from 'node:assert/strict'
import { it } from 'node:test'
import { readPnpmLock } from './pnpm-lock.ts'

const fault = (what: string): never => { throw new RangeError(what) }
const read = (text: string): readonly unknown[] => readPnpmLock(text, fault)
const SHA1 = 'sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0='

it('version 9 is read with what peers make of it: a package is optional where every use of it is', () => {
  const text = `---
lockfileVersion: '9.0'
packages:
  '@s/a@1.0.0':
    resolution: {integrity: ${SHA1}, tarball: 'https://r.example/a.tgz'}
    engines: {node: '>=18'}
    deprecated: |-
      gone: for
      ? good
    peerDependencies:
      resolution: '*'
  b@2.0.0-x.1:
    resolution: {integrity: ${SHA1}}
    os: [aix]
  c@file:c:
    resolution: {directory: c, type: directory}
  d@https://codeload.example/d/tar.gz/0123:
    resolution: {tarball: https://codeload.example/d/tar.gz/0123}
    version: 1.0.0
  e@1.0.0:
    resolution: {commit: '0123', repo: https://git.example/e.git, type: git}
  f@1.0.0:
    resolution: {integrity: ${SHA1}, tarball: file:f.tgz}
  node@runtime:24.0.0:
    resolution:
      type: variations
      variants:
        - resolution:
            type: binary
snapshots:
  '@s/a@1.0.0(b@2.0.0-x.1)':
    optional: true
  '@s/a@1.0.0(c@1.0.0)':
    dependencies:
      optional: true
  b@2.0.0-x.1:
    optional: true
`
  assert.deepEqual(read(text), [
    { name: '@s/a', version: '1.0.0', integrity: SHA1, resolved: 'https://r.example/a.tgz' },
    { name: 'b', version: '2.0.0-x.1', integrity: SHA1, isOptional: true },
    ...Array.from({ length: 5 }, () => undefined),
  ])
})

it('version 6 is read by its keys, which begin with a slash where a registry is meant', () => {
  const text = `lockfileVersion: '6.0'

dependencies:
  a:
    specifier: ^1.0.0
    version: 1.0.0

packages:

  /@s/a@1.0.0(react@18.2.0)(x@1.0.0):
    resolution: {integrity: ${SHA1}}
    dev: false

  /b@1.0.0:
    resolution: {integrity: ${SHA1}}
    requiresBuild: true
    optional: true

  file:local:
    resolution: {directory: local, type: directory}
    name: local

  github.com/a/b/0123:
    resolution: {tarball: https://codeload.example/a/b/tar.gz/0123}
    name: b
    version: 1.0.0
`
  assert.deepEqual(read(text), [
    { name: '@s/a', version: '1.0.0', integrity: SHA1 }, { name: 'b', version: '1.0.0', integrity: SHA1, isOptional: true }, undefined, undefined,
  ])
})

it('several documents in a file are read together, and other versions are refused', () => {
  const one = (name: string): string => `lockfileVersion: '9.0'\npackages:\n  ${name}@1.0.0:\n    resolution: {integrity: ${SHA1}}\n`
  assert.deepEqual(read(`${one('a')}---\n${one('b')}`), ['a', 'b'].map((name) => ({ name, version: '1.0.0', integrity: SHA1 })))
  assert.deepEqual(read("lockfileVersion: '9.0'\n"), [])
  const others = ['', 'lockfileVersion: 5.4\n', "lockfileVersion: '10.0'\n", `${one('a')}---\nlockfileVersion: '6.0'\n`]
  for (const text of others) assert.throws(() => read(text), RangeError)
})
