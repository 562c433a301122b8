import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { packArchive } from '#archive'
import { digestOf, type ErrorCode, GgenError, isGgenError } from '#core'
import { type ForeignSource, type LedgerLine, memoryMirror, memorySource } from '#foreign'
import type { Context, Run } from './context.ts'
import { readNamedIndex } from './foreign-index.ts'
import { machine } from './identity-scene.conformance.ts'
import { installFromIndex } from './install-index.ts'
import type { Outcome } from './outcome.ts'
import { locked, SceneProject } from './project-scene.conformance.ts'
import { searchNamedIndex } from './search-index.ts'

const HOME = 'https://packs.example/'

const archiveOf = async (name: string, version: string, needs: Readonly<Record<string, string>> = {}): Promise<Buffer> => {
  const lines = Object.entries(needs).map(([need, range]) => `${need} = "${range}"\n`).join('')
  const text = `[package]\nname = "${name}"\nversion = "${version}"\ndescription = "x"\n[dependencies]\n${lines}`
  const file = { path: 'ggen.toml', executable: false, sizeBytes: Buffer.byteLength(text), content: async function* () { yield Buffer.from(text) } }
  return Buffer.concat(await Array.fromAsync(packArchive([file])))
}

interface Scene {
  readonly project: SceneProject
  readonly lines: LedgerLine[]
  readonly said: string[]
  run(run: Run): Promise<Outcome | undefined>
  readonly context: Context
}

const scene = (packs: readonly (readonly [name: string, version: string, bytes: Buffer])[], change: Partial<ForeignSource> = {}): Scene => {
  const entries = packs.map(([name, version, bytes]) => ({ name, version, digest: digestOf(bytes), download_url: 'a.tgz' }))
  const index = Buffer.from(JSON.stringify({ schema: 'https://ggen.dev/marketplace/catalog/v2', packs: entries }))
  const source = { ...memorySource(HOME, () => index, new Map(packs.map(([, , bytes]) => [digestOf(bytes), bytes]))), ...change }
  const project = new SceneProject([])
  const lines: LedgerLine[] = []
  const said: string[] = []
  const base = machine('ada').context()
  base.deadline.lift()
  const world = { ...base.world, openForeign: async () => source, openMirror: async () => memoryMirror(lines), openProject: async () => project }
  const context = { ...base, world, say: (line: string) => void said.push(line) } as Context
  return { project, lines, said, context, run: async (run) => await run(context) }
}

const install = (spec: string): Run => installFromIndex(HOME, { spec, folder: '.' })
const fails = (work: Promise<unknown>, code: ErrorCode): Promise<void> => assert.rejects(work, (error) => isGgenError(error, code), code)

describe('installing from an index', () => {
  it('brings a package and all that it needs, and names the source instead of a publisher', async () => {
    const made = scene([['a', '1.0.0', await archiveOf('a', '1.0.0', { b: '^1', a: '*' })], ['b', '1.0.0', await archiveOf('b', '1.0.0', { a: '^1' })]])
    const outcome = await made.run(install('a'))
    assert.equal(outcome?.kind, 'installed-elsewhere')
    assert.deepEqual(made.project.lock.map(({ name, wanted, source, identity }) => [name, wanted, source, identity]), [
      ['a', '*', HOME, undefined], ['b', undefined, HOME, undefined],
    ])
    assert.deepEqual(made.lines.map(({ what, name }) => [what, name]), [['seen', 'a'], ['seen', 'b']], 'their digests are remembered')
  })

  it('leaves what is there and fits, and refuses what does not', async () => {
    const made = scene([['a', '1.0.0', await archiveOf('a', '1.0.0', { b: '^1' })], ['b', '1.0.0', await archiveOf('b', '1.0.0')]])
    made.project.lock = [locked('b', '1.5.0')]
    await made.run(install('a'))
    assert.deepEqual(made.project.lock.map(({ name, version }) => `${name} ${version}`), ['a 1.0.0', 'b 1.5.0'])
    made.project.lock = [locked('b', '2.0.0')]
    await fails(made.run(install('a')), 'install-blocked')
  })

  it('refuses a version whose digest is another one than in the lock, or than it was anywhere on this machine', async () => {
    const made = scene([['a', '1.0.0', await archiveOf('a', '1.0.0')]])
    made.project.lock = [locked('a', '1.0.0')]
    await fails(made.run(install('a')), 'disputed')
    made.project.lock = []
    made.lines.push({ what: 'seen', name: 'a' as never, version: '1.0.0' as never, digest: digestOf(Buffer.from('other')), at: 1 })
    await fails(made.run(install('a')), 'disputed')
  })

  it('refuses an archive that is another package, what the index does not name, and publishers, whom it does not know', async () => {
    const made = scene([['a', '1.0.0', await archiveOf('c', '1.0.0')]])
    await fails(made.run(install('a')), 'integrity')
    await fails(made.run(install('b')), 'package-not-found')
    await fails(made.run(install(`@bafyrei${'a'.repeat(52)}/a`)), 'usage')
    assert.deepEqual([made.project.lock, made.project.unpacked], [[], []])
  })
})

describe('searching a named index', () => {
  it('shows what matches, up to a limit, and refuses what an index does not say', async () => {
    const made = scene([['a', '1.0.0', await archiveOf('a', '1.0.0')], ['ab', '1.0.0', await archiveOf('ab', '1.0.0')]])
    const outcome = await made.run(searchNamedIndex(HOME, { words: ['a'], limit: 1 }))
    assert.ok(outcome?.kind === 'found-elsewhere')
    assert.deepEqual([outcome.value.total, outcome.value.results.map(({ name }) => name)], [2, ['a']])
    await fails(made.run(searchNamedIndex(HOME, { words: ['a'], since: 3 })), 'usage')
    await fails(made.run(searchNamedIndex(HOME, { words: ['a'], sort: 'date' })), 'usage')
  })
})

describe('a registry that is named', () => {
  it('says when it is not asked but remembered', async () => {
    const made = scene([])
    const { bytes, at } = await memorySource(HOME, () => Buffer.from('[]'), new Map()).readIndex(new AbortController().signal)
    const away = scene([], { readIndex: async () => ({ bytes, at, asOf: 0 }) })
    await readNamedIndex(HOME, away.context)
    assert.deepEqual([away.said, made.said], [[`${HOME} cannot be reached; this is what it said at 1970-01-01T00:00:00.000Z`], []])
    await fails(readNamedIndex(HOME, scene([], { readIndex: () => Promise.reject(new GgenError('peer-unreachable', 'x')) }).context), 'peer-unreachable')
  })
})
