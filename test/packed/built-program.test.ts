import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { ggen, type RunningNode, startNode, temporaryFolder, until, writeTree } from '#testing'
import { buildProgram } from './packed-package.ts'

/** Those that ask for no more than their text. */
const LICENCES = /^(?:MIT|Apache-2\.0|Apache-2\.0 OR MIT|ISC|BSD-[23]-Clause)$/
const PEERS = 3
const MOST_MEGABYTES = 100
const READINGS = 60

interface Locked {
  readonly version?: string
  readonly dev?: boolean
}

/** A script with which Node writes into a file, when it ends, what was imported. */
const recordIn = (file: string): string => `
  import { registerHooks } from 'node:module'
  import { writeFileSync } from 'node:fs'
  const imported = []
  registerHooks({ resolve: (specifier, context, next) => { imported.push(specifier); return next(specifier, context) } })
  process.on('exit', () => writeFileSync(${JSON.stringify(file)}, JSON.stringify(imported)))`

/** The resident memory of a process, all of it, as the kernel counts it. */
const residentMegabytes = async (pid: number): Promise<number> => {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (kilobytes === undefined) throw new Error(`process ${pid} has no memory`)
  return (Number(kilobytes) * 1024) / 1e6
}

const peersOf = async ({ home }: RunningNode): Promise<unknown> => (await ggen(home, 'p2p', 'status', '--json')).json()['peers']

/** Waits until a node is below so many megabytes, not for one lucky moment but for some seconds on end. */
const isSmall = async ({ pid }: RunningNode): Promise<void> => {
  let below = 0
  let last = 0
  const stays = async (): Promise<boolean> => {
    last = await residentMegabytes(pid)
    below = last < MOST_MEGABYTES ? below + 1 : 0
    return below === READINGS
  }
  await until('it is small', stays, 60_000).catch((error: unknown) => assert.fail(`${last} MB: ${String(error)}`))
}

describe('the program, built as it is published', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let built = ''
  before(async () => {
    folder = await temporaryFolder()
    built = join(folder.path, 'built')
    await buildProgram(built)
    process.env['GGEN_LAUNCHER'] = join(built, 'bin/ggen.mjs')
  })
  after(() => folder[Symbol.asyncDispose]())

  it('names what it is made of, each as it is locked, and under licences that let it travel', async () => {
    const text = await readFile(join(built, 'THIRD-PARTY.md'), 'utf8')
    const heads = text.matchAll(/^## (\S+) (\S+)\n\nLicence: (.+)\n\n```\n(?!```)/gm)
    const named = Array.from(heads, ([, name = '', version = '', licence = '']) => ({ name, version, licence }))
    assert.ok(text.includes(`\n${named.length} packages.\n`))
    for (const wanted of ['libp2p', 'fastify', 'zod', 'commander', 'tldts']) assert.ok(named.some(({ name }) => name === wanted), wanted)
    const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as { packages: Readonly<Record<string, Locked>> }
    const isLocked = (name: string, version: string): boolean =>
      Object.entries(packages).some(([path, entry]) => path.endsWith(`node_modules/${name}`) && entry.version === version && entry.dev !== true)
    assert.deepEqual(named.filter(({ name, version }) => !isLocked(name, version)), [])
    assert.deepEqual(named.filter(({ licence }) => !LICENCES.test(licence)), [])
  })

  it('publishes without loading what holds packages', async () => {
    const home = join(folder.path, 'publisher')
    await using _node = await startNode({ home })
    const tool = await writeTree(join(folder.path, 'tool'), { 'pack.toml': '[pack]\nname = "tool"\nversion = "1.0.0"\ndescription = "A tool"\n' })
    const loaded = join(folder.path, 'loaded.json')
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(recordIn(loaded))}` }
    const { code, stderr } = await ggen({ home, env }, 'publish', '--no-passphrase', tool)
    assert.equal(code, 0, stderr)
    const parts = JSON.parse(await readFile(loaded, 'utf8')) as readonly string[]
    // Large blobs are hashed, and searches answered, by threads of theirs.
    assert.deepEqual([parts.includes('node:crypto'), parts.includes('node:worker_threads')], [true, false])
  })

  const onLinux = { skip: process.platform !== 'linux' && 'reads /proc' }
  it(`idles with ${PEERS} peers in less than ${MOST_MEGABYTES} MB of resident memory`, onLinux, async () => {
    const start = (name: string, bootstrap: readonly string[] = []): Promise<RunningNode> =>
      startNode({ bootstrap, home: join(folder.path, name), more: ['--no-mdns', '--network', 'lean'] })
    await using node = await start('node')
    await using _first = await start('first', node.addresses)
    await using _second = await start('second', node.addresses)
    await using _third = await start('third', node.addresses)
    await until('all have met', async () => (await peersOf(node)) === PEERS)
    await isSmall(node)
  })
})
