import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { publishTo, testIdentity } from '../faults/publish.ts'
import { temporaryFolder } from '../support/home.ts'
import { type Finished, ggen, type RunningNode, startGgen, startNode } from '../support/processes.ts'
import { hashTree, writeTree } from '../support/trees.ts'
import { until } from '../support/until.ts'

interface Installed {
  readonly installed: readonly { readonly name: string; readonly version: string; readonly from?: string; readonly path: string }[]
  readonly kept: readonly unknown[]
  readonly removed: readonly { readonly name: string }[]
}

const installedBy = (finished: Finished): string[] => {
  assert.equal(finished.code, 0, finished.stdout + finished.stderr)
  return finished.json<Installed>().installed.map(({ name, version, from }) => [name, version, ...(from === undefined ? [] : [from])].join(' '))
}

const errorOf = (finished: Finished): { code: string; message: string } => finished.json<{ error: { code: string; message: string } }>().error

/** Two nodes that know each other, and a place for packages and projects. */
class Scene implements AsyncDisposable {
  readonly #open: AsyncDisposableStack
  readonly folder: string
  readonly author: RunningNode
  readonly reader: RunningNode

  private constructor(open: AsyncDisposableStack, folder: string, [author, reader]: readonly [RunningNode, RunningNode]) {
    this.#open = open
    this.folder = folder
    this.author = author
    this.reader = reader
  }

  static async open(): Promise<Scene> {
    await using open = new AsyncDisposableStack()
    const { path } = open.use(await temporaryFolder())
    const author = open.use(await startNode({ home: join(path, 'author') }))
    // A publisher that nobody knows yet is slowed on the way of gossip: what is over its allowance comes by comparing.
    await writeTree(join(path, 'reader'), { 'config.toml': '[p2p]\nsync_every = 1\n' })
    const reader = open.use(await startNode({ home: join(path, 'reader'), bootstrap: author.addresses }))
    return new Scene(open.move(), path, [author, reader])
  }

  /** Publishes a package, and waits until the reader knows of it; `needs` is TOML. */
  async publish(spec: string, needs = '', files: Readonly<Record<string, string>> = {}): Promise<void> {
    const [name = '', version = ''] = spec.split('@')
    const toml = `[package]\nname = "${name}"\nversion = "${version}"\n[dependencies]\n${needs}\n`
    const source = await writeTree(join(this.folder, 'source', `${name}-${version}`), { 'ggen.toml': toml, 'bin/run': `#!${version}\n`, ...files })
    await publishTo(join(this.author.home, 'ggen.sock'), testIdentity('author'), source)
    const isAdded = (event: Record<string, unknown>): boolean =>
      event['type'] === 'release-added' && event['name'] === name && event['version'] === version
    await until(`the reader knows ${spec}`, () => this.reader.events.some(isAdded), 60_000)
  }

  /** A folder for a project, with nothing but this lock in it. */
  async clone(name: string, from?: string): Promise<string> {
    const folder = join(this.folder, name)
    await mkdir(folder, { recursive: true })
    if (from !== undefined) await copyFile(join(from, 'ggen.lock'), join(folder, 'ggen.lock'))
    return folder
  }

  /** Runs a command of the reader in a project. */
  run(folder: string, ...args: readonly string[]): Promise<Finished> {
    return ggen(this.reader.home, ...args, '--dir', folder, '--json')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync()
  }
}

let scene: Scene
before(async () => {
  scene = await Scene.open()
})
after(() => scene[Symbol.asyncDispose]())

const packagesOf = async (folder: string): Promise<unknown> =>
  await Promise.all(['web', 'log'].map(async (name) => await hashTree(join(folder, 'ggen_packages', name))))

test('a project is told what is not as it was signed', async () => {
  await scene.publish('site@1.0.0')
  const project = await scene.clone('changed')
  await writeFile(join(project, 'ggen.toml'), '[dependencies]\nsite = "*"\n')
  const frozen = await scene.run(project, 'install', '--frozen')
  assert.deepEqual([frozen.code, errorOf(frozen).code], [7, 'lock-outdated'])
  assert.deepEqual(installedBy(await scene.run(project, 'install')), ['site 1.0.0'])
  const path = join(project, 'ggen_packages/site')
  await writeFile(join(path, 'bin/run'), '#!evil\n')
  await writeFile(join(path, 'notes'), '')
  const verified = await scene.run(project, 'verify')
  assert.equal(verified.code, 5)
  const { packages: [one] } = verified.json<{ packages: { state: string; differences: unknown }[] }>()
  assert.deepEqual(one, { ...one, state: 'changed', differences: [{ path: 'bin/run', what: 'changed' }, { path: 'notes', what: 'extra' }] })
  await rm(path, { recursive: true })
  assert.equal((await scene.run(project, 'verify')).code, 5, 'what is gone is not as it was signed either')
  assert.deepEqual(installedBy(await scene.run(project, 'install')), ['site 1.0.0'])
  assert.equal((await scene.run(project, 'verify')).code, 0)
})

test('a project has all packages or none after an install was killed, and the next one goes on', async () => {
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`f${index}`, `${index}\n`.repeat(500)]))
  for (const name of ['a', 'b', 'c']) await scene.publish(`${name}@1.0.0`, '', many)
  await scene.publish('all@1.0.0', 'a = "1"\nb = "1"\nc = "1"')
  const project = await scene.clone('killed')
  for (const place of ['ggen_packages/.ggen/new/1', 'ggen_packages/.ggen/plan.json', 'ggen_packages/a']) {
    const install = startGgen(scene.reader.home, 'install', 'all', '--dir', project, '--json')
    let hasEnded = false
    const ended = install.ended.finally(() => (hasEnded = true))
    await until(`${place} is there, or the install has ended`, () => hasEnded || existsSync(join(project, place)))
    install.kill()
    await ended
    const names = ['a', 'all', 'b', 'c'].filter((name) => existsSync(join(project, 'ggen_packages', name)))
    const isLocked = existsSync(join(project, 'ggen.lock'))
    if (isLocked) assert.deepEqual(names, ['a', 'all', 'b', 'c'])
  }
  assert.equal((await scene.run(project, 'install', 'all')).code, 0)
  const verified = await scene.run(project, 'verify')
  const { packages } = verified.json<{ packages: { state: string }[] }>()
  assert.deepEqual([verified.code, packages.map(({ state }) => state)], [0, ['whole', 'whole', 'whole', 'whole']])
})

// The last one: it ends both nodes.
test('a project gets packages of another node with all they need, the same everywhere, also when everybody else is gone', async () => {
  await scene.publish('log@1.0.0')
  await scene.publish('web@1.0.0', 'log = "^1"')
  const project = await scene.clone('project')
  const dry = await scene.run(project, 'install', 'web', '--dry-run')
  assert.deepEqual(dry.json<{ planned: { name: string }[] }>().planned.map(({ name }) => name), ['log', 'web'])
  assert(!existsSync(join(project, 'ggen.lock')))
  assert.deepEqual(installedBy(await scene.run(project, 'install', 'web')), ['log 1.0.0', 'web 1.0.0'])
  assert.match(await readFile(join(project, 'ggen.lock'), 'utf8'), /name = "web"[^[]*wanted = "\^1\.0\.0"\ndependencies = \[\n {2}"log@\^1",\n\]/)
  assert.equal((await scene.run(project, 'verify')).code, 0)

  await scene.publish('log@1.1.0')
  const outdated = await scene.run(project, 'outdated')
  assert.deepEqual(outdated.json<{ outdated: unknown }>().outdated, [{ name: 'log', current: '1.0.0', wanted: '1.1.0', latest: '1.1.0', heldBackBy: [] }])
  assert.equal((await scene.run(project, 'update', '--check')).code, 1)
  const clone = await scene.clone('clone', project)
  assert.deepEqual(installedBy(await scene.run(clone, 'install', '--frozen')), ['log 1.0.0', 'web 1.0.0'], 'the lock says which')
  assert.deepEqual(await packagesOf(clone), await packagesOf(project))
  assert.deepEqual(installedBy(await scene.run(project, 'update')), ['log 1.1.0 1.0.0'])
  assert.equal((await scene.run(project, 'update', '--check')).code, 0)

  await scene.author.kill()
  const offline = await scene.clone('offline', project)
  assert.deepEqual(installedBy(await scene.run(offline, 'install', '--frozen', '--offline')), ['log 1.1.0', 'web 1.0.0'])
  assert.deepEqual(await packagesOf(offline), await packagesOf(project))
  assert.equal((await scene.run(offline, 'verify', '--offline')).code, 0)
  const fresh = await scene.clone('fresh')
  assert.deepEqual(installedBy(await scene.run(fresh, 'install', 'web', '--offline')), ['log 1.1.0', 'web 1.0.0'])

  assert.equal((await ggen(scene.reader.home, 'cache', 'clear', '--yes', '--json')).code, 0)
  const lost = await scene.run(await scene.clone('lost', project), 'install', '--frozen', '--offline')
  assert.deepEqual([lost.code, errorOf(lost).code], [3, 'blob-not-found'])
  assert.match(errorOf(lost).message, /log@1\.1\.0.*web@1\.0\.0/)
  await scene.reader.kill()
  assert.deepEqual(installedBy(await scene.run(project, 'install')), [], 'nothing to do needs no node')
  assert.deepEqual((await scene.run(project, 'remove', 'log')).code, 7)
  assert.deepEqual((await scene.run(project, 'remove', 'web')).json<Installed>().removed.map(({ name }) => name), ['log', 'web'])
})
