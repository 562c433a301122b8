import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Command } from 'commander'
import { addFilters, type FilterOptions, present, toFilters } from './filter-options.ts'

const filtersOf = (...args: readonly string[]): unknown => toFilters(addFilters(new Command()).parse(args, { from: 'user' }).opts<FilterOptions>())

test('only what was typed becomes a filter', () => {
  assert.deepEqual(filtersOf(), {})
  assert.deepEqual(filtersOf('-c', 'web', '-t', 'a', '-t', 'b,c', '--no-scripts'), { category: 'web', tags: ['a', 'b', 'c'], scripts: false })
  assert.deepEqual(filtersOf('--scripts', '--since', '1970-01-01'), { scripts: true, since: 0 })
})

test('values that are not there are left out, and false and 0 are there', () => {
  assert.deepEqual(present({ a: undefined, b: 0, c: false }), { b: 0, c: false })
})
