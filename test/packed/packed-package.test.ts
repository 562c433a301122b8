import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { temporaryFolder } from '#testing'
import { compiler, installPackage, link, packPackage, runNode } from './packed-package.ts'

const JUDGES = join(import.meta.dirname, '../../node_modules')

/** npm brings what the package depends on; else it is linked, which takes seconds instead of half a minute: GGEN_LONG=1. */
const FETCH = process.env['GGEN_LONG'] !== undefined

const PROGRAM = `
import { createTestnet, GgenError, HybridRegistry, P2PRegistry, P2PRegistryBuilder } from 'ggen'
await using net = await createTestnet({ nodes: 2 })
const [publisher, reader] = net.nodes
const news = await reader.subscribeToPackages()
const { digest } = await publisher.publish({ name: 'packed', version: '1.0.0', files: { 'a.txt': 'a' } })
for await (const { name } of news) if (name === 'packed') break
const fetched = await reader.fetch('packed')
const refused = await reader.get('absent').catch((error) => error)
console.log(JSON.stringify({
  same: fetched.digest === digest,
  bytes: (await fetched.bytes()).length === fetched.sizeBytes,
  from: fetched.sources.length,
  refused: refused instanceof GgenError && refused.code,
  registry: reader instanceof P2PRegistry && (await new P2PRegistryBuilder().build()) instanceof P2PRegistry,
}))
`

/** The compiler complains where the line below it is fine. */
const REFUSED = ['@ts', 'expect', 'error'].join('-')

/** What a program in TypeScript relies on; a line that must not compile is marked. */
const TYPED = `
import { connectRegistry, createTestnet, type P2PEventOrGap, P2PRegistryBuilder, type PackageRegistry, type RegistryStats } from 'ggen'
const registry = await new P2PRegistryBuilder().withNetwork('main').build()
const common: PackageRegistry = registry
const other: PackageRegistry = await connectRegistry()
const events: AsyncIterable<P2PEventOrGap> = registry.events()
const { connected_peers }: RegistryStats = await common.stats({ signal: AbortSignal.timeout(1000) })
const name: string = (await other.get('a')).name
for await (const news of await common.subscribe({ types: ['package'] })) console.log(news.type, name, connected_peers, events)
await using net = await createTestnet()
console.log(net.node(0).home)
// ${REFUSED}
await common.publish({ name: 'a' })
// ${REFUSED}
await common.search(1)
// ${REFUSED}
await common.absent()
`

const OPTIONS = { strict: true, module: 'nodenext', target: 'es2024', lib: ['esnext'], noEmit: true, types: ['node'], skipLibCheck: false }

describe('the package, packed and installed in an empty folder', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let tarball = ''
  let project = ''
  before(async () => {
    folder = await temporaryFolder()
    tarball = await packPackage(folder.path)
    project = join(folder.path, 'project')
    await installPackage(tarball, project, { fetch: FETCH })
  })
  after(() => folder[Symbol.asyncDispose]())

  it('publishes, hears and fetches in a program that knows nothing but its name', async () => {
    await writeFile(join(project, 'program.mjs'), PROGRAM.replace('HybridRegistry, ', ''))
    const { stdout, stderr } = await runNode(['program.mjs'], { cwd: project })
    assert.deepEqual([stderr, JSON.parse(stdout || 'null')], ['', { same: true, bytes: true, from: 1, refused: 'package-not-found', registry: true }])
  })

  it('runs as a command without its sources', async () => {
    const help = await runNode(['node_modules/ggen/bin/ggen.mjs', '--help'], { cwd: project, env: { HOME: project } })
    assert.deepEqual([help.code, help.stderr], [0, ''])
    assert.match(help.stdout, /^Usage: ggen/)
  })

  it('is typed, and refuses what it does not take', async () => {
    for (const name of ['@types/node', 'undici-types']) await link(name, join(project, 'node_modules'))
    await writeFile(join(project, 'typed.ts'), TYPED)
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS, files: ['typed.ts'] }))
    const { code, stdout } = await runNode([compiler, '-p', '.'], { cwd: project })
    assert.deepEqual([code, stdout], [0, ''])
  })

  it('has one door: nothing behind it can be imported', async () => {
    for (const deep of ['ggen/dist/library/mod.js', 'ggen/dist/core/mod.js', 'ggen/library']) {
      const { code, stderr } = await runNode(['--input-type=module', '-e', `await import('${deep}')`], { cwd: project })
      assert.equal(code, 1, deep)
      assert.match(stderr, /ERR_PACKAGE_PATH_NOT_EXPORTED/)
    }
  })

  it('holds the program and its documents, and no tests and no sources', async () => {
    const installed = join(project, 'node_modules/ggen')
    const files = (await readdir(installed, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    const names = files.map(({ parentPath, name }) => join(parentPath, name).slice(installed.length + 1))
    assert.deepEqual(names.filter((name) => /\.test\.|conformance|(?<!\.d)\.ts$|^src|^test|^node_modules/.test(name)), [])
    for (const wanted of ['bin/ggen.mjs', 'dist/library/mod.d.ts', 'dist/main/bin.js', 'LICENSE-MIT', 'README.md']) assert.ok(names.includes(wanted), wanted)
  })

  it('passes publint and attw without a remark', async () => {
    const lint = await runNode([join(JUDGES, 'publint/src/cli.js'), 'run', tarball, '--strict'], { cwd: project })
    assert.match(lint.stdout, /All good!\s*$/, lint.stdout)
    assert.equal(lint.code, 0)
    // Programs of CommonJS import it dynamically.
    const judging = [join(JUDGES, '@arethetypeswrong/cli/dist/index.js'), tarball, '--profile', 'esm-only', '--no-emoji', '--no-color']
    const attw = await runNode(judging, { cwd: project })
    assert.deepEqual([attw.code, attw.stderr], [0, ''], attw.stdout)
    assert.match(attw.stdout, /node16 \(from ESM\)\W+OK \(ESM\)/)
  })
})
