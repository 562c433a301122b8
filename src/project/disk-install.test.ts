import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { digestFromBytes, isGgenError, type PackageName } from '#core'
import {
  changeProject, installPackage, type InstallTarget, type LockedPackage, memoryTarget, parseLock, type VerifiedArchive,
} from '#flow/install'
import { temporaryFolder } from '#testing'
import { diskInstall } from './disk-install.ts'
import { diskFiles, once, packageOf, verified, workshopOf } from './install-scene.conformance.ts'

const { signal } = new AbortController()
const A = 'a' as PackageName
const DIGEST = digestFromBytes(new Uint8Array(32))

const vectorsOf = (kind: string): readonly { name: string; code: string; archive: string }[] =>
  JSON.parse(readFileSync(new URL(`../../vectors/archives/${kind}.json`, import.meta.url), 'utf8')) as { name: string; code: string; archive: string }[]

const treeOf = async (folder: string): Promise<string[]> => (await readdir(folder, { recursive: true })).toSorted()

const lockedOf = ({ release }: VerifiedArchive): LockedPackage => ({ ...release, wanted: '*', dependencies: [] })

/** Makes the project have exactly these packages. */
const changeTo = async (archives: readonly VerifiedArchive[], target: InstallTarget): Promise<unknown> =>
  await changeProject({ archives, lockAfter: () => archives.map(lockedOf) }, target, signal)

interface Twin extends AsyncDisposable {
  readonly target: InstallTarget
  /** Every installed file with its rights and contents. */
  files(): Promise<Record<string, string>>
}

const twins: Readonly<Record<string, () => Promise<Twin>>> = {
  memoryTarget: () => {
    const target = memoryTarget()
    const files = (): Promise<Record<string, string>> =>
      Promise.resolve(
        Object.fromEntries([...target.files].map(([path, file]) => [path, `${Buffer.from(file.content).toString()}${file.executable ? '*' : ''}`])),
      )
    return Promise.resolve({ target, files, [Symbol.asyncDispose]: () => Promise.resolve() })
  },
  diskInstall: async () => {
    const folder = await temporaryFolder()
    const project = join(folder.path, 'new/project')
    const files = async (): Promise<Record<string, string>> => await diskFiles(join(project, 'ggen_packages'))
    return { target: diskInstall(project), files, [Symbol.asyncDispose]: async () => await folder[Symbol.asyncDispose]() }
  },
}

for (const [name, make] of Object.entries(twins)) {
  describe(`${name} as an InstallTarget`, () => {
    it('has no lock before the first install', async () => {
      await using twin = await make()
      assert.equal(await twin.target.readLock(), undefined)
    })

    it('puts packages and their lock in place, and replaces both', async () => {
      await using twin = await make()
      await installPackage(await packageOf('@x/a', '1.0.0', { 'lib/b/c': 'x', 'bin/run': '#!', old: '' }), twin.target, signal)
      await installPackage(await packageOf('b', '1.0.0'), twin.target, signal)
      await installPackage(await packageOf('@x/a', '2.0.0', { 'bin/run': '#!!' }), twin.target, signal)
      assert.deepEqual(await twin.files(), {
        '@x/a/bin/run': '#!!*',
        '@x/a/package.json': '{"name":"@x/a","version":"2.0.0"}',
        'b/package.json': '{"name":"b","version":"1.0.0"}',
      })
      assert.deepEqual(parseLock((await twin.target.readLock()) ?? '').map((entry) => `${entry.name} ${entry.version}`), ['@x/a 2.0.0', 'b 1.0.0'])
    })

    it('forgets what was staged and not placed', async () => {
      await using twin = await make()
      {
        await using session = await twin.target.enter(signal)
        await using staged = await session.stage()
        await staged.makeFolder('a/b')
        await staged.writeFile('a/b/c', false, once(Buffer.from('x')))
      }
      await using session = await twin.target.enter(signal)
      await using staged = await session.stage()
      await staged.writeFile('only', false, once(Buffer.from('x')))
      assert(!(await session.isOccupied(A)))
      await session.apply({ placed: new Map([[A, { staged, digest: DIGEST }]]), removed: [], lock: 'text' })
      assert(await session.isOccupied(A))
      assert.deepEqual(await twin.files(), { 'a/only': 'x' })
      assert.equal(await twin.target.readLock(), 'text')
    })

    it('puts many packages in place and removes others at once, and knows what lies there', async () => {
      await using twin = await make()
      assert.equal((await twin.target.inPlace()).size, 0)
      await changeTo(await Promise.all(['a', '@x/b', 'c'].map(async (one) => await packageOf(one, '1.0.0'))), twin.target)
      const second = await Promise.all([packageOf('c', '2.0.0'), packageOf('@x/d', '1.0.0')])
      await changeTo(second, twin.target)
      assert.deepEqual(await twin.files(), { 'c/package.json': '{"name":"c","version":"2.0.0"}', '@x/d/package.json': '{"name":"@x/d","version":"1.0.0"}' })
      assert.deepEqual(new Map(await twin.target.inPlace()), new Map(second.map(({ release: { name, digest } }) => [name, digest])))
      await changeTo([], twin.target)
      assert.deepEqual([await twin.files(), await twin.target.inPlace(), parseLock((await twin.target.readLock()) ?? '')], [{}, new Map(), []])
    })

    it('keeps everything as it was when one of many packages is not what was signed', async () => {
      await using twin = await make()
      await changeTo([await packageOf('a', '1.0.0')], twin.target)
      const before = [await twin.files(), await twin.target.readLock(), await twin.target.inPlace()]
      const broken = { ...(await packageOf('c', '1.0.0')), chunks: once(Buffer.from('other')) }
      const many = await Promise.all(['a', 'b', 'd', 'e', 'f'].map(async (one) => await packageOf(one, '2.0.0')))
      await assert.rejects(changeTo([...many.slice(0, 2), broken, ...many.slice(2)], twin.target), (error) => isGgenError(error, 'integrity'))
      assert.deepEqual([await twin.files(), await twin.target.readLock(), await twin.target.inPlace()], before)
    })

    it('writes no file twice', async () => {
      await using twin = await make()
      await using session = await twin.target.enter(signal)
      await using staged = await session.stage()
      await staged.writeFile('a', false, once(Buffer.from('x')))
      await assert.rejects(staged.writeFile('a', false, once(Buffer.from('y'))), (error) => isGgenError(error, 'store-broken'))
    })

    it('can be entered again when the session before has ended', async () => {
      await using twin = await make()
      for (let turn = 0; turn < 3; turn++) await (await twin.target.enter(signal))[Symbol.asyncDispose]()
    })
  })
}

describe('diskInstall and hostile archives', () => {
  it('leaves no file anywhere', async () => {
    await using folder = await temporaryFolder()
    const project = join(folder.path, 'deep/project')
    for (const { name, code, archive } of vectorsOf('hostile')) {
      const hostile = installPackage(verified('a', '1.0.0', Buffer.from(archive, 'base64')), diskInstall(project), signal)
      await assert.rejects(hostile, (error) => isGgenError(error) && error.code === code, name)
    }
    const left = (await treeOf(folder.path)).filter((path) => !path.includes('.ggen/lock.'))
    assert.deepEqual(left, ['deep', 'deep/project', 'deep/project/ggen_packages', 'deep/project/ggen_packages/.ggen'])
  })

  it('takes away rights that are too wide', async () => {
    await using folder = await temporaryFolder()
    const wide = vectorsOf('accepted').find(({ name }) => name === 'rights that are taken away')
    await installPackage(verified('a', '1.0.0', Buffer.from(wide?.archive ?? '', 'base64')), diskInstall(folder.path), signal)
    const modeOf = async (file: string): Promise<number> => ((await stat(join(folder.path, 'ggen_packages/a', file))).mode & 0o7777) | process.umask()
    const modes = await Promise.all(['ww', 'su', 'package.json', ''].map(modeOf))
    assert.deepEqual(modes, [0o755, 0o755, 0o644, 0o755].map((mode) => mode | process.umask()))
  })

  it('makes the same of every unusual archive as its twin in memory', async () => {
    await using folder = await temporaryFolder()
    for (const [index, { archive }] of vectorsOf('accepted').entries()) {
      const bytes = Buffer.from(archive, 'base64')
      const project = join(folder.path, String(index))
      const install = async (target: InstallTarget): Promise<void> => await installPackage(verified('a', '1.0.0', bytes), target, signal)
      const outcomes = await Promise.allSettled([diskInstall(project), memoryTarget()].map(install))
      assert.equal(new Set(outcomes.map(({ status }) => status)).size, 1)
    }
  })
})

describe('diskInstall and what is there already', () => {
  it('clears away what a crash left before it begins', async () => {
    await using folder = await temporaryFolder()
    const left = join(folder.path, 'ggen_packages/.ggen/new')
    await mkdir(left, { recursive: true })
    await writeFile(join(left, 'half'), 'x')
    await installPackage(await packageOf('a', '1.0.0'), diskInstall(folder.path), signal)
    assert.deepEqual(await readdir(join(folder.path, 'ggen_packages/a')), ['package.json'])
    assert.deepEqual(await workshopOf(folder.path), [])
  })

  it('does not touch a folder, file or link that ggen did not make', async () => {
    await using folder = await temporaryFolder()
    const packages = join(folder.path, 'ggen_packages')
    await mkdir(join(packages, 'a'), { recursive: true })
    await writeFile(join(packages, 'a/mine'), 'by hand')
    await writeFile(join(packages, 'b'), 'by hand')
    await symlink('nowhere', join(packages, 'c'))
    await symlink('..', join(packages, '@x'))
    const target = diskInstall(folder.path)
    for (const name of ['a', 'b', 'c', '@x/y', 'b/y']) {
      const install = installPackage(await packageOf(name, '1.0.0'), target, signal)
      await assert.rejects(install, (error) => isGgenError(error, 'install-blocked'), name)
    }
    assert.equal(await readFile(join(packages, 'a/mine'), 'utf8'), 'by hand')
    assert.equal(await target.readLock(), undefined)
    assert.deepEqual((await readdir(packages)).toSorted(), ['.ggen', '@x', 'a', 'b', 'c'])
    assert.deepEqual(await workshopOf(folder.path), [])
  })

  it('does not unpack where a link leads', async () => {
    await using folder = await temporaryFolder()
    await mkdir(join(folder.path, 'elsewhere'))
    await mkdir(join(folder.path, 'project'))
    await symlink('../elsewhere', join(folder.path, 'project/ggen_packages'))
    const target = diskInstall(join(folder.path, 'project'))
    const install = installPackage(await packageOf('a', '1.0.0'), target, signal)
    await assert.rejects(install, (error) => isGgenError(error, 'install-blocked'))
    assert.deepEqual(await readdir(join(folder.path, 'elsewhere')), [])
  })

  it('waits for another one at work, and stops waiting when it is told to', async () => {
    await using folder = await temporaryFolder()
    const target = diskInstall(folder.path)
    const stop = new AbortController()
    const first = await target.enter(signal)
    const second = target.enter(stop.signal)
    stop.abort()
    await assert.rejects(second, (error) => error instanceof Error && error.name === 'AbortError')
    const third = target.enter(signal)
    await first[Symbol.asyncDispose]()
    await (await third)[Symbol.asyncDispose]()
  })

  it('installs two packages at the same time and names both', async () => {
    await using folder = await temporaryFolder()
    await Promise.all(['a', 'b', 'c'].map(async (name) => await installPackage(await packageOf(name, '1.0.0'), diskInstall(folder.path), signal)))
    assert.deepEqual(parseLock((await diskInstall(folder.path).readLock()) ?? '').map(({ name }) => name), ['a', 'b', 'c'])
  })
})
