import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import { needsOldNode, oldNode } from './old-node.ts'
import { plant, REPOSITORY } from './plant.ts'

const DEADLINE_MS = 30_000
const onWindows = process.platform === 'win32'

/** A main that does what its first argument asks and, once it is ready for signals, says where it runs. */
const main = (origin: string, words: string): string =>
  [
    words,
    'const [wish, ...rest] = process.argv.slice(2)',
    "if (wish === 'exit') process.exitCode = Number(rest[0])",
    "if (wish === 'echo') process.stdin.pipe(process.stdout)",
    "if (wish === 'wait' || wish === 'stop') setInterval(() => {}, 1_000)",
    "if (wish === 'stop') for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => { console.log(name); process.exit(9) })",
    'const major = Number.parseInt(process.versions.node, 10)',
    `console.log(JSON.stringify({ origin: '${origin}', word, major, wish, rest }))`,
    '',
  ].join('\n')

interface Planting {
  readonly withSources?: boolean
  readonly withNode?: boolean
}

const plantProgram = (context: TestContext, { withSources = true, withNode = true }: Planting = {}): string => {
  const root = plant(context, {
    'package.json': JSON.stringify({
      version: '9.8.7',
      type: 'module',
      imports: { '#core': { 'ggen-source': './src/core/mod.ts' } },
    }),
    'lib/program/main.js': main('lib', "const word = 'built'"),
    ...(withSources ? { 'src/core/mod.ts': "export const word: string = 'source'\n", 'src/main/bin.ts': main('src', "import { word } from '#core'") } : {}),
  })
  mkdirSync(join(root, 'bin'))
  for (const name of readdirSync(join(REPOSITORY, 'bin'))) copyFileSync(join(REPOSITORY, 'bin', name), join(root, 'bin', name))
  if (withNode && !onWindows) {
    mkdirSync(join(root, 'node_modules/.bin'), { recursive: true })
    symlinkSync(process.execPath, join(root, 'node_modules/.bin/node'))
  }
  return root
}

/** Only what a program needs, so that no other Node of this machine is found. */
const surroundings = (root: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv =>
  ({ PATH: root, HOME: root, SystemRoot: process.env['SystemRoot'], ...more })

interface Launch {
  readonly node?: string | undefined
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly input?: string
}

const launch = (root: string, { node = process.execPath, args, env = {}, input = '' }: Launch) =>
  spawnSync(node, [join(root, 'bin/ggen.mjs'), ...args], { encoding: 'utf8', env: surroundings(root, env), input, timeout: DEADLINE_MS })

const start = (root: string, node: string | undefined, wish: string): ChildProcess =>
  spawn(node ?? process.execPath, [join(root, 'bin/ggen.mjs'), wish], { env: surroundings(root), stdio: ['ignore', 'pipe', 'inherit'], timeout: DEADLINE_MS })

const linesOf = (child: ChildProcess): AsyncIterator<string> => {
  assert.ok(child.stdout)
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]()
}

test('The version is answered by any Node without loading the program', (context) => {
  const root = plant(context, { 'package.json': '{ "version": "9.8.7" }' })
  mkdirSync(join(root, 'bin'))
  copyFileSync(join(REPOSITORY, 'bin/ggen.mjs'), join(root, 'bin/ggen.mjs'))
  for (const node of [process.execPath, oldNode ?? process.execPath]) {
    for (const flag of ['--version', '-V']) {
      const { stdout, stderr, status } = launch(root, { node, args: [flag] })
      assert.deepEqual({ stdout, stderr, status }, { stdout: '9.8.7\n', stderr: '', status: 0 })
    }
  }
})

test('In a checkout the sources run, with their front doors', (context) => {
  const { stdout, status, stderr } = launch(plantProgram(context), { args: ['exit', '7', '--version'] })
  assert.equal(stderr, '')
  const major = Number.parseInt(process.versions.node, 10)
  assert.deepEqual(JSON.parse(stdout), { origin: 'src', word: 'source', major, wish: 'exit', rest: ['7', '--version'] })
  assert.equal(status, 7)
})

test('In the published package the built files run, and compiled code is kept in the folder of the user', (context) => {
  const root = plantProgram(context, { withSources: false })
  const { stdout, status, stderr } = launch(root, { args: ['exit', '0'] })
  assert.equal(stderr, '')
  assert.partialDeepStrictEqual(JSON.parse(stdout), { origin: 'lib', word: 'built' })
  assert.equal(status, 0)
  assert.equal(readdirSync(join(root, '.cache/ggen/compiled')).length, 1)
})

test('Without a folder for compiled code the program runs all the same', (context) => {
  const root = plantProgram(context, { withSources: false })
  for (const env of [{ HOME: undefined }, { HOME: join(root, 'package.json') }, { XDG_CACHE_HOME: 'not/absolute' }]) {
    const { stderr, status } = launch(root, { args: ['exit', '3'], env })
    assert.deepEqual({ stderr, status }, { stderr: '', status: 3 })
  }
})

test('Under an old Node the Node of the checkout runs the program with all arguments and its exit code', needsOldNode, (context) => {
  const { stdout, status, stderr } = launch(plantProgram(context), { node: oldNode, args: ['exit', '7', 'a b', '--', '-x'] })
  assert.equal(stderr, '')
  const major = Number.parseInt(process.versions.node, 10)
  assert.deepEqual(JSON.parse(stdout), { origin: 'src', word: 'source', major, wish: 'exit', rest: ['7', 'a b', '--', '-x'] })
  assert.equal(status, 7)
})

test('Under an old Node a newer one is found in PATH or where npm says', needsOldNode, (context) => {
  const root = plantProgram(context, { withNode: false })
  const folder = join(process.execPath, '..')
  for (const env of [{ PATH: ['relative', root, folder].join(':') }, { npm_node_execpath: process.execPath }]) {
    const { stdout, status } = launch(root, { node: oldNode, args: ['exit', '5'], env })
    assert.partialDeepStrictEqual(JSON.parse(stdout), { major: Number.parseInt(process.versions.node, 10) })
    assert.equal(status, 5)
  }
})

test('Under an old Node input passes through', needsOldNode, (context) => {
  const { stdout, status } = launch(plantProgram(context), { node: oldNode, args: ['echo'], input: 'hello\n' })
  assert.equal(stdout.split('\n')[1], 'hello')
  assert.equal(status, 0)
})

test('Under an old Node without a newer one it says which is needed and what to do', needsOldNode, (context) => {
  const { stdout, status, stderr } = launch(plantProgram(context, { withNode: false }), { node: oldNode, args: ['search', 'x'] })
  assert.equal(stdout, '')
  assert.match(stderr, /^ggen: Node 24 or newer is needed, this is \d+\.\d+\.\d+ \(.*\)\n {2}hint: install Node 24 .*\n$/)
  assert.equal(status, 1)
})

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`Under an old Node ${signal} reaches the program, which may end in its own way`, needsOldNode, async (context) => {
    const child = start(plantProgram(context), oldNode, 'stop')
    const lines = linesOf(child)
    await lines.next()
    child.kill(signal)
    assert.equal((await lines.next()).value, signal)
    assert.deepEqual(await once(child, 'exit'), [9, null])
  })

  test(`Under an old Node a program that ${signal} kills makes the launcher die of it too`, needsOldNode, async (context) => {
    const child = start(plantProgram(context), oldNode, 'wait')
    await linesOf(child).next()
    child.kill(signal)
    assert.deepEqual(await once(child, 'exit'), [null, signal])
  })
}

test('Launcher, preflight and package.json ask for the same Node', () => {
  const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8')
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } }
  for (const path of ['bin/ggen.mjs', 'tools/preflight.mjs']) assert.equal(`>=${/NEEDED_MAJOR = (\d+)/.exec(read(path))?.[1]}`, engines.node, path)
})
