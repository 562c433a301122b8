import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { needsOldNode, oldNode } from './old-node.ts'
import { plant, REPOSITORY } from './plant.ts'

const WRONG_SURROUNDINGS = 78

const preflight = (root: string, node: string = process.execPath): { readonly status: number | null; readonly stderr: string } =>
  spawnSync(node, [join(root, 'tools/preflight.mjs')], { encoding: 'utf8' })

const locked = (version: string, more: object = {}): object => ({ version, ...more })

const planted = {
  'tools/preflight.mjs': readFileSync(join(REPOSITORY, 'tools/preflight.mjs'), 'utf8'),
  'package-lock.json': JSON.stringify({
    packages: {
      '': locked('0.1.0'),
      'tools/runtime': locked('0.0.0', { optionalDependencies: { mine: '2.0.0', elsewhere: '1.0.0' } }),
      'node_modules/here': locked('1.0.0'),
      'node_modules/leaf': { resolved: 'tools/leaf', link: true },
      'node_modules/elsewhere': locked('1.0.0', { optional: true, os: ['nowhere'], dependencies: { along: '1.0.0' } }),
      'node_modules/along': locked('1.0.0', { optional: true, dependencies: { further: '1.0.0' } }),
      'node_modules/further': locked('1.0.0', { optional: true }),
      'node_modules/not-here': locked('1.0.0', { optional: true, os: [`!${process.platform}`] }),
      'node_modules/musical': locked('1.0.0', { optional: true, os: process.platform, libc: ['musl'] }),
      'node_modules/mine': locked('2.0.0', { optional: true, os: process.platform, cpu: [process.arch] }),
    },
  }),
  'node_modules/here/package.json': '{ "version": "1.0.0" }',
  'node_modules/mine/package.json': '{ "version": "2.0.0" }',
}

test('The repository as it is passes', () => {
  assert.deepEqual(preflight(REPOSITORY).stderr, '')
  assert.equal(preflight(REPOSITORY).status, 0)
})

test('Packages of other machines may be absent, and what only they need', (context) => {
  assert.equal(preflight(plant(context, planted)).status, 0)
})

test('A missing package stops the run and says what to do', (context) => {
  const { 'node_modules/mine/package.json': _, ...incomplete } = planted
  const { status, stderr } = preflight(plant(context, incomplete))
  assert.equal(status, WRONG_SURROUNDINGS)
  assert.match(stderr, /^error: node_modules is not complete: node_modules\/mine is missing\n {2}hint: run "npm ci"/)
})

test('A package of another version than the lockfile names stops the run', (context) => {
  const { status, stderr } = preflight(plant(context, { ...planted, 'node_modules/here/package.json': '{ "version": "0.9.0" }' }))
  assert.equal(status, WRONG_SURROUNDINGS)
  assert.match(stderr, /node_modules\/here is 0\.9\.0 instead of 1\.0\.0/)
})

test('An old Node stops the run and says what to do', needsOldNode, (context) => {
  const { status, stderr } = preflight(plant(context, planted), oldNode)
  assert.equal(status, WRONG_SURROUNDINGS)
  assert.match(stderr, /^error: Node 24 or newer is needed, this is \d+\.\d+\.\d+ \(.*\)\n {2}hint: /)
})
