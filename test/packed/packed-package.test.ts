import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { temporaryFolder } from '#testing'
import { compiler, installPackage, link, packPackage, runNode } from './packed-package.ts'

const REPOSITORY = join(import.meta.dirname, '../..')
const JUDGES = join(REPOSITORY, 'node_modules')

/** npm brings what the package depends on; else it is linked, which takes seconds instead of half a minute: GGEN_LONG=1. */
const FETCH = process.env['GGEN_LONG'] !== undefined

/** The compiler complains where the line below it is fine. */
const REFUSED = ['@ts', 'expect', 'error'].join('-')

/** What a program in TypeScript relies on; a line that must not compile is marked. */
const TYPED = `
import {
  connectRegistry, createTestnet, HybridRegistry, type P2PEventOrGap, P2PRegistry, P2PRegistryBuilder, type PackageRegistry, type RegistryStats,
} from 'ggen'
const registry = await new P2PRegistryBuilder().withNetwork('main').build()
const common: PackageRegistry = registry
const hybrid: PackageRegistry = await HybridRegistry.open({ centralUrl: 'https://registry.example', mode: 'hybrid' })
const other = await connectRegistry()
const events: AsyncIterable<P2PEventOrGap> = registry.events()
const { connected_peers }: RegistryStats = await common.stats({ signal: AbortSignal.timeout(1000) })
const name: string = (await other.get('a')).name
for await (const news of await common.subscribe({ types: ['package'] })) console.log(news.type, name, connected_peers, events, hybrid)
await using net = await createTestnet()
console.log(net.node(0).home)
// ${REFUSED}
await common.publish({ name: 'a' })
// ${REFUSED}
await HybridRegistry.open({ mode: 'both' })
// ${REFUSED}
await common.search(1)
// ${REFUSED}
await common.absent()
// ${REFUSED}
new P2PRegistry()
// ${REFUSED}
new HybridRegistry()
// ${REFUSED}
await common.publish('.', { to: 'everybody' })
const { targets } = await common.publish('.', { to: new URL('https://registry.example') })
console.log(targets?.map(({ state }) => state))
for await (const event of other.events()) console.log(event.type, await other.bootstrap([]))
`

const OPTIONS = { strict: true, module: 'nodenext', target: 'es2024', lib: ['esnext'], noEmit: true, types: ['node'], skipLibCheck: false }

/** The programs of a page, and what they print: what stands behind `// →`, line by line, `…` for anything. */
const programsOf = (page: string): readonly { readonly text: string; readonly prints: RegExp }[] =>
  [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, text = '']) => {
    const lines = [...text.matchAll(/ \/\/ → (.*)$/gm)].map(([, line = '']) => line.split('…').map((part) => RegExp.escape(part)).join('.*'))
    return { text, prints: new RegExp(`^${lines.map((line) => `${line}\n+`).join('')}$`) }
  })

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

  it('does in programs that know nothing but its name what the guide says', async () => {
    const programs = programsOf(await readFile(join(REPOSITORY, 'docs/guide/library.md'), 'utf8'))
    const names = programs.map((_, place) => `guide-${place + 1}.ts`)
    assert.equal(programs.length > 5, true)
    for (const [place, { text }] of programs.entries()) await writeFile(join(project, `guide-${place + 1}.ts`), text)
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS, files: names }))
    const { code, stdout } = await runNode([compiler, '-p', '.'], { cwd: project })
    assert.deepEqual([code, stdout], [0, ''])
    // Two at a time: they mostly wait for each other's nodes.
    const left = [...programs.entries()]
    const play = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const [place, { prints }] = next
        const run = await runNode([`guide-${place + 1}.ts`], { cwd: project })
        assert.equal(run.stderr, '', `program ${place + 1}`)
        assert.match(run.stdout, prints, `program ${place + 1}`)
      }
    }
    await Promise.all([play(), play()])
  })

  it('has one door: nothing behind it can be imported', async () => {
    for (const deep of ['ggen/lib/program/library.js', 'ggen/lib/types/core/mod.d.ts', 'ggen/library']) {
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
    for (const wanted of ['bin/ggen.mjs', 'lib/types/library/mod.d.ts', 'lib/program/main.js', 'THIRD-PARTY.md', 'README.md']) {
      assert.ok(names.includes(wanted), wanted)
    }
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
