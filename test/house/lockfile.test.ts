import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { REPOSITORY } from './plant.ts'

interface LockedPackage {
  readonly version?: string
  readonly link?: boolean
  readonly integrity?: string
  readonly resolved?: string
  readonly optional?: boolean
  /** Part of the archive of another one, and of its hash. */
  readonly inBundle?: boolean
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const { packages } = JSON.parse(readFileSync(join(REPOSITORY, 'package-lock.json'), 'utf8')) as { packages: Readonly<Record<string, LockedPackage>> }

/** Where Node would look for a dependency: in the package itself, then in each folder around it. */
const isLocked = (from: string, name: string): boolean => {
  if (Object.hasOwn(packages, `${from === '' ? '' : `${from}/`}node_modules/${name}`)) return true
  return from !== '' && isLocked(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name)
}

test('Every dependency has its own entry, also those of other platforms, or "npm ci" refuses to install', () => {
  const missing = Object.entries(packages).flatMap(([path, { dependencies = {}, optionalDependencies = {} }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => !isLocked(path, name)),
  )
  assert.deepEqual(missing, [])
})

test('Whatever must be installed is pinned by a hash, and no entry names a host', () => {
  const installed = Object.entries(packages).filter(([path, { link, inBundle }]) => path.includes('node_modules/') && link !== true && inBundle !== true)
  assert.deepEqual(installed.filter(([, { optional, integrity }]) => optional !== true && integrity === undefined).map(([path]) => path), [])
  assert.deepEqual(installed.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path), [])
})

test('The runtime that "npm ci" brings is pinned by a hash', () => {
  const runtimes = Object.entries(packages).filter(([path]) => /^node_modules\/node-(?:linux|win)-/.test(path))
  assert.ok(runtimes.length > 0)
  for (const [path, { integrity }] of runtimes) assert.match(integrity ?? '', /^sha512-/, path)
})

test('The clients that tests bring along lie in a folder of their own, so that scripts run with the npm of the user', () => {
  const atTheTop = Object.entries(packages).filter(([path]) => /^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(path))
  const shadowing = atTheTop.filter(([, { bin = {} }]) => ['npm', 'npx', 'pnpm', 'yarn', 'bun'].some((name) => Object.hasOwn(bin, name)))
  assert.deepEqual(shadowing.map(([path]) => path), [])
  const clients = Object.entries(packages).filter(([path]) => /^tools\/npm-clients\/node_modules\/(?:@[^/]+\/)?[^/]+$/.test(path))
  assert.deepEqual(clients.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true).map(([path]) => path), [])
  assert.ok(clients.some(([, { bin = {} }]) => Object.hasOwn(bin, 'npm')), 'npm is among them')
})
