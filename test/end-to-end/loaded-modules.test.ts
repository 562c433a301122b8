import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, type RunningNode, startCentral, startNode, temporaryFolder, writeTree } from '#testing'

interface Loaded {
  /** Packages, and folders of the program. */
  readonly parts: readonly string[]
  readonly flags: readonly string[]
  /** Parts of Node, as it names them. */
  readonly builtIn: readonly string[]
}

// What is loaded is told by the files of the sources.
delete process.env['GGEN_LAUNCHER']

/** An argument with which Node writes into a file, when it ends, what it loaded. */
const recordIn = (file: string): string => {
  const script = `
    import { registerHooks } from 'node:module'
    import { writeFileSync } from 'node:fs'
    const parts = new Set()
    registerHooks({
      resolve: (specifier, context, next) => {
        const found = next(specifier, context)
        const inside = /.*[/]node_modules[/]((?:@[^/]+[/])?[^/]+)[/]/.exec(found.url) ?? /[/]src[/](.*)[/][^/]+$/.exec(found.url)
        if (inside !== null) parts.add(inside[1])
        return found
      },
    })
    const loaded = () => ({ parts: [...parts].sort(), flags: process.execArgv, builtIn: process.moduleLoadList })
    process.on('exit', () => writeFileSync(${JSON.stringify(file)}, JSON.stringify(loaded())))`
  return `--import=data:text/javascript,${encodeURIComponent(script)}`
}

const read = async (file: string): Promise<Loaded> => JSON.parse(await readFile(file, 'utf8')) as Loaded

/** What a node had loaded when it was interrupted. */
const loadedBy = async (start: (nodeArgs: readonly string[]) => Promise<RunningNode>, file: string): Promise<Loaded> => {
  await using node = await start([recordIn(file)])
  assert.equal(await node.interrupt(), 0)
  return await read(file)
}

const SCHEMA_COMPILERS = ['ajv', '@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler']
const partsOf = ({ parts }: Loaded, wanted: readonly string[]): string[] => wanted.filter((part) => parts.includes(part))
const hasSecondHttpClient = ({ builtIn }: Loaded): boolean => builtIn.some((name) => name.includes('deps/undici'))
const hasSmallNursery = ({ flags }: Loaded): boolean => flags.some((flag) => flag.startsWith('--max-semi-space-size='))

test('a node and a registry run with the flags of a program that waits and load no compiler of schemas; a node nothing of a registry', async () => {
  await using work = await temporaryFolder()
  const node = await loadedBy((nodeArgs) => startNode({ home: join(work.path, 'node'), nodeArgs }), join(work.path, 'node.json'))
  const more = ['--no-network', '--listen', '127.0.0.1:0']
  const central = await loadedBy((nodeArgs) => startCentral({ home: join(work.path, 'central'), nodeArgs, more }), join(work.path, 'central.json'))
  const named = ['fastify', 'libp2p', 'prom-client', 'doors/central', 'tldts', 'domains/web', 'undici', ...SCHEMA_COMPILERS]
  assert.deepEqual(partsOf(node, named), ['fastify', 'libp2p'])
  assert.deepEqual(partsOf(central, ['fastify', 'prom-client', 'doors/central', ...SCHEMA_COMPILERS]), ['fastify', 'prom-client', 'doors/central'])
  assert.deepEqual([hasSmallNursery(node), hasSmallNursery(central)], [true, true])
  assert.deepEqual([hasSecondHttpClient(node), hasSecondHttpClient(central)], [false, false])
})

test('whoever publishes waits for what opens keys, and for nothing that reads indexes of others or talks to peers', async () => {
  await using work = await temporaryFolder()
  const home = join(work.path, 'home')
  await using _node = await startNode({ home })
  const folder = await writeTree(join(work.path, 'tool'), { 'pack.toml': '[pack]\nname = "tool"\nversion = "1.0.0"\ndescription = "A tool"\n' })
  const file = join(work.path, 'publish.json')
  const { code, stderr } = await ggen({ home, env: { NODE_OPTIONS: recordIn(file) } }, 'publish', '--no-passphrase', folder)
  assert.equal(code, 0, stderr)
  const loaded = await read(file)
  assert.deepEqual(partsOf(loaded, ['keystore', 'trust', 'foreign', 'foreign/source', 'network', 'libp2p', 'fastify', 'zod']), ['keystore', 'trust'])
  assert.deepEqual([hasSmallNursery(loaded), hasSecondHttpClient(loaded)], [false, false])
})
