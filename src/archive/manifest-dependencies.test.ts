import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError } from '#core'
import { parseGgenToml } from './ggen-toml.ts'
import { parseGpackToml } from './gpack-toml.ts'
import { readDependencies } from './manifest-dependencies.ts'
import { parsePackToml } from './pack-toml.ts'
import { parsePackageJson } from './package-json.ts'
import { parsePackageToml } from './package-toml.ts'

const refusal = (message: RegExp) => (error: unknown): true => {
  assert(error instanceof GgenError && error.code === 'manifest-invalid', String(error))
  assert.match(error.message, message)
  return true
}

const section = (table: Record<string, unknown>) => ({ file: 'pack.toml', label: '[pack] ', table })
const KEYS = { needed: 'dependencies', optional: 'optional-dependencies', peer: 'peer-dependencies' }
const wanted = (table: Record<string, unknown>) => readDependencies((name) => ({ section: section(table), key: KEYS[name] }))
const dependencies = (value: unknown) => wanted({ dependencies: value }).map(({ name, range }) => `${name} ${range}`)

describe('dependencies', () => {
  it('come as lists and as tables, sorted by name', () => {
    assert.deepEqual(dependencies(['b', 'a@^1', '@s/c@ 1.0.0 ', { name: 'd', version: '2' }, { name: 'e' }]), ['@s/c 1.0.0', 'a ^1', 'b *', 'd 2', 'e *'])
    assert.deepEqual(dependencies({ b: 'latest', a: '', c: { version: '1.x' }, d: {} }), ['a *', 'b *', 'c 1.x', 'd *'])
    assert.deepEqual(dependencies(undefined), [])
  })

  it('must be names with SemVer ranges', () => {
    const ranges = ['x.y', 'workspace:*', 'npm:b@1', '>'.repeat(300), `${'1 || '.repeat(60)}1`]
    for (const wrong of ['text', 7, [7], [{ version: '1' }], ['A'], ['a', 'a@1'], { a: 7 }, ...ranges.map((range) => ({ a: range }))]) {
      assert.throws(() => dependencies(wrong), refusal(/^pack\.toml: \[pack\] dependencies /), JSON.stringify(wrong))
    }
  })
})

describe('optional and peer dependencies', () => {
  const kinds = (list: readonly { name: string; range: string; kind: string }[]) => list.map(({ name, range, kind }) => `${name} ${range} ${kind}`)

  it('have tables of their own, where a peer may say that it is optional', () => {
    const table = {
      dependencies: ['a@^1'], 'optional-dependencies': ['b@^2'],
      'peer-dependencies': { c: '^3', d: { version: '^4', optional: true }, e: { version: '^5', optional: false } },
    }
    assert.deepEqual(kinds(wanted(table)), ['a ^1 needed', 'b ^2 optional', 'c ^3 peer', 'd ^4 optional-peer', 'e ^5 peer'])
    assert.deepEqual(kinds(wanted({ 'peer-dependencies': [{ name: 'c', version: '1', optional: true }] })), ['c 1 optional-peer'])
    assert.deepEqual(kinds(wanted({ dependencies: { a: { version: '1', optional: true } } })), ['a 1 needed'], 'as it always was')
    assert.throws(() => wanted({ 'peer-dependencies': 7 }), refusal(/^pack\.toml: \[pack\] peer-dependencies must be a list or a table$/))
  })

  it('count once for each name, as npm ranks them', () => {
    assert.deepEqual(kinds(wanted({ dependencies: ['a@1'], 'optional-dependencies': ['a@2'], 'peer-dependencies': ['a@3'] })), ['a 2 optional'])
    assert.deepEqual(kinds(wanted({ dependencies: ['a@1'], 'peer-dependencies': ['a@3'] })), ['a 1 needed'])
  })

  it('are written as npm writes them in package.json', () => {
    const { dependencies: found } = parsePackageJson(JSON.stringify({
      name: 'x', version: '1.0.0', dependencies: { a: '^1', b: '^1' }, optionalDependencies: { b: '^2' }, peerDependencies: { c: '*', d: '>=4' },
      peerDependenciesMeta: { d: { optional: true }, c: { optional: false }, unknown: { optional: true }, b: 7 },
    }))
    assert.deepEqual(kinds(found), ['a ^1 needed', 'b ^2 optional', 'c * peer', 'd >=4 optional-peer'])
  })

  it('stand in every TOML format where the dependencies stand', () => {
    const more = 'optional-dependencies = ["b@^2"]\npeer-dependencies = ["c@^3"]'
    const tables = '[optional-dependencies]\nb = "^2"\n[peer-dependencies]\nc = "^3"'
    const head = 'name = "x"\nversion = "1.0.0"'
    const both = ['b ^2 optional', 'c ^3 peer']
    assert.deepEqual(kinds(parsePackToml(`[pack]\n${head}\n${more}`).dependencies), both)
    assert.deepEqual(kinds(parsePackageToml(`[package]\n${head}\n${more}\n${tables.replace('b =', 'serde =')}`).dependencies), both)
    assert.deepEqual(kinds(parseGpackToml(`[gpack]\nid = "x"\nversion = "1.0.0"\n${tables}`).dependencies), both)
    assert.deepEqual(kinds(parseGgenToml(`[package]\n${head}\n${tables}`)?.dependencies ?? []), both)
    assert.deepEqual(kinds(parseGgenToml(`[package]\n${head}\n${more}\n[dependencies]\na = "^1"`)?.dependencies ?? []), ['a ^1 needed', ...both])
  })
})
