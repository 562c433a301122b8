import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { routeOf } from './name-routes.ts'
import { parseNpmName } from './npm-name.ts'

describe('a table of names', () => {
  const routes = new Map([['@acme/*', 'network'], ['@acme/old', 'upstream'], ['tool', 'network']])
  const of = (name: string, table: ReadonlyMap<string, string> = routes) => routeOf(table, parseNpmName(name))

  it('means a name by its most exact entry', () => {
    const names = ['@acme/thing', '@acme/old', 'tool', 'tools', '@acme-x/thing']
    assert.deepEqual(names.map((name) => of(name)), ['network', 'upstream', 'network', undefined, undefined])
  })

  it('has an entry for everything else', () => {
    const table = new Map([['*', 'network'], ['@acme/*', 'upstream']])
    assert.deepEqual(['lodash', '@x/y', '@acme/z'].map((name) => of(name, table)), ['network', 'network', 'upstream'])
  })
})
