import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '..', '..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly dev?: boolean
  readonly optional?: boolean
  readonly hasInstallScript?: boolean
  readonly resolved?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

type Named = Readonly<Record<string, string>>

const manifest = JSON.parse(read('package.json')) as { dependencies: Named; devDependencies: Named; scripts: Named }
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Readonly<Record<string, Locked>> }
const installed = Object.entries(packages).filter(([path, { link }]) => path.startsWith('node_modules/') && link !== true)

/** How many packages may come with ggen. Whoever raises these says in docs/decisions.md what is worth it. */
const BUDGET = { direct: 30, all: 170 }

const EXACT = /^\d+\.\d+\.\d+(?:-[0-9a-z.]+)?$/

/** Where Node finds a dependency: in the package itself, then in each folder around it. */
const lockedAt = (from: string, name: string): string | undefined => {
  const path = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (Object.hasOwn(packages, path)) return path
  return from === '' ? undefined : lockedAt(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name)
}

/** Everything that the program loads or could load: its dependencies and theirs. */
const reachable = (names: readonly string[]): ReadonlySet<string> => {
  const seen = new Set<string>()
  const queue = names.map((name) => lockedAt('', name))
  for (const path of queue) {
    if (path === undefined || seen.has(path)) continue
    seen.add(path)
    const { dependencies = {}, optionalDependencies = {} } = packages[path] ?? {}
    queue.push(...Object.keys({ ...dependencies, ...optionalDependencies }).map((name) => lockedAt(path, name)))
  }
  return seen
}

test('what this project is made of is fixed byte by byte, runs nothing when it is installed, and is no more than a person can watch', (t) => {
  const direct = Object.entries(manifest.dependencies)
  const all = [...direct, ...Object.entries(manifest.devDependencies)]
  for (const [name, version] of all) assert.match(version, EXACT, `${name} is not pinned`)
  for (const [name, version] of all) assert.equal(packages[`node_modules/${name}`]?.version, version, `${name} is locked as another version`)

  for (const [path, { integrity, resolved, hasInstallScript, optional }] of installed) {
    // Of other machines' packages npm knows no hash before they are installed there.
    if (optional !== true) assert.match(integrity ?? '', /^sha512-/, `${path} has no hash`)
    assert.equal(resolved, undefined, `${path} comes from a place of its own`)
    assert.notEqual(hasInstallScript, true, `${path} wants to run something when it is installed`)
  }
  assert.match(read('.npmrc'), /^ignore-scripts=true$/m)
  for (const hook of ['preinstall', 'install', 'postinstall', 'prepare']) assert.ok(!Object.hasOwn(manifest.scripts, hook), hook)

  const decisions = read('docs/decisions.md')
  const named = (name: string): boolean => decisions.includes(`\`${name}\``) || (/libp2p|multiformats/.test(name) && decisions.includes('`libp2p` 3.3 family'))
  assert.deepEqual(direct.map(([name]) => name).filter((name) => !named(name)), [], 'nobody wrote down why it is there')

  const loaded = reachable(direct.map(([name]) => name))
  assert.ok(loaded.size > direct.length)
  assert.ok(direct.length <= BUDGET.direct && loaded.size <= BUDGET.all, `${direct.length} direct, ${loaded.size} in all`)
  const hashed = installed.filter(([, { integrity }]) => integrity !== undefined).length
  const counts = `${direct.length} direct dependencies (budget ${BUDGET.direct}), ${loaded.size} in all (${BUDGET.all})`
  t.diagnostic(`${counts}; ${hashed} of ${installed.length} packages hashed, 0 run scripts`)
})
