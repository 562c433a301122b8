import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { digestFromBytes, GgenError, isGgenError, type PackageName } from '#core'
import { temporaryFolder } from '#testing'
import { applyChange, type DiskChange, settle } from './apply-change.ts'
import { flushFolder, look, move, writeNewFile } from './durable-files.ts'
import { readInPlace } from './in-place.ts'
import { lockPath, packagePath, placesOf, type ProjectPlaces, readLockText } from './project-places.ts'

const nameOf = (text: string): PackageName => text as PackageName

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

const DIGEST = digestFromBytes(new Uint8Array(32))

const writePackage = async (folder: string, version: string): Promise<void> => {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'version'), version)
}

/** A project with packages `a` and `c`, and nothing of `@x/b`; or nothing at all. */
const openProject = async (folder: string, isOld: boolean): Promise<ProjectPlaces> => {
  const places = placesOf(folder)
  await mkdir(places.workshop, { recursive: true })
  if (!isOld) return places
  for (const name of ['a', 'c']) await writePackage(packagePath(places, nameOf(name)), 'old')
  await writeFile(lockPath(places), 'old lock')
  return places
}

/** The change that all tests make: another `a`, a first `@x/b`, no `c` any more. */
const stageChange = async (places: ProjectPlaces, lock = 'new lock'): Promise<DiskChange> => {
  const placed = new Map<PackageName, { path: string; digest: typeof DIGEST }>()
  for (const [index, name] of ['a', '@x/b'].entries()) {
    const path = join(places.workshop, 'new', String(index))
    await writePackage(path, 'new')
    placed.set(nameOf(name), { path, digest: DIGEST })
  }
  return { placed, removed: [nameOf('c')], lock }
}

const inodeOf = async (path: string): Promise<string> => (await lstat(path, { bigint: true })).ino.toString()

/** The moves of `applyChange`, one by one, so that a crash can come between any two. */
const movesOf = async (places: ProjectPlaces, { placed, removed, lock }: DiskChange): Promise<readonly (() => Promise<unknown>)[]> => {
  const coming = [...placed].map(([name, { path }]) => ({ name, path }))
  const packages = [
    ...(await Promise.all(coming.map(async ({ name, path }) => ({ name, inode: await inodeOf(path) })))), ...removed.map((name) => ({ name, inode: 'none' })),
  ]
  const text = await readLockText(places)
  const plan = { packages, before: text === undefined ? 'none' : hashOf(text), after: hashOf(lock) }
  return [
    async () => await writeFile(join(places.workshop, 'plan.json'), JSON.stringify(plan)),
    async () => await mkdir(join(places.workshop, 'old')),
    ...packages.map(({ name }, index) => async () => {
      const target = packagePath(places, name)
      if ((await look(target)) !== undefined) await rename(target, join(places.workshop, 'old', String(index)))
    }),
    ...coming.map(({ name, path }) => async () => {
      await mkdir(dirname(packagePath(places, name)), { recursive: true })
      await rename(path, packagePath(places, name))
    }),
    async () => await writeFile(join(places.workshop, 'ggen.lock'), lock),
    async () => await rename(join(places.workshop, 'ggen.lock'), lockPath(places)),
  ]
}

const MOVES = 9

const stateOf = async (places: ProjectPlaces): Promise<string> => {
  const versions = ['a', '@x/b', 'c'].map(async (name) => {
    const path = packagePath(places, nameOf(name))
    return (await look(path)) === undefined ? '-' : await readFile(join(path, 'version'), 'utf8')
  })
  return `${(await Promise.all(versions)).join(' ')}, ${(await readLockText(places)) ?? 'no lock'}`
}

const BEFORE = 'old - old, old lock'
const AFTER = 'new new -, new lock'

describe('a change of many packages', () => {
  for (const [isOld, before] of [[true, BEFORE], [false, '- - -, no lock']] as const) {
    it(`that was interrupted after any of its steps is undone, or finished when all was done: ${before}`, async () => {
      for (let steps = 0; steps <= MOVES; steps++) {
        await using folder = await temporaryFolder()
        const places = await openProject(folder.path, isOld)
        const moves = await movesOf(places, await stageChange(places))
        assert.equal(moves.length, MOVES)
        for (const move of moves.slice(0, steps)) await move()
        await settle(places)
        assert.equal(await stateOf(places), steps === MOVES ? AFTER : before, `after ${steps} steps`)
        assert.deepEqual(await readdir(places.workshop), [])
        await settle(places)
      }
    })
  }

  it('that was interrupted while it was undone is undone all the same', async () => {
    for (let steps = 2; steps < MOVES; steps++) {
      await using folder = await temporaryFolder()
      const places = await openProject(folder.path, true)
      for (const move of (await movesOf(places, await stageChange(places))).slice(0, steps)) await move()
      await writePackage(join(places.workshop, 'undone'), 'half')
      const aside = join(places.workshop, 'old/0')
      const target = packagePath(places, nameOf('a'))
      if ((await look(aside)) !== undefined && (await look(target)) === undefined) await rename(aside, target)
      await settle(places)
      assert.equal(await stateOf(places), BEFORE, `after ${steps} steps`)
    }
  })

  it('that does not change the lock is finished when every folder is in place, and undone before', async () => {
    for (let steps = 0; steps <= MOVES; steps++) {
      await using folder = await temporaryFolder()
      const places = await openProject(folder.path, true)
      for (const move of (await movesOf(places, await stageChange(places, 'old lock'))).slice(0, steps)) await move()
      await settle(places)
      assert.equal(await stateOf(places), steps >= MOVES - 2 ? 'new new -, old lock' : BEFORE, `after ${steps} steps`)
    }
  })

  it('happens as a whole, leaves nothing behind, and remembers what is in place', async () => {
    await using folder = await temporaryFolder()
    const places = await openProject(folder.path, true)
    await applyChange(places, await stageChange(places))
    assert.equal(await stateOf(places), AFTER)
    assert.deepEqual(await readdir(places.workshop), ['in-place.json'])
    assert.deepEqual([...(await readInPlace(places)).keys()], ['a', '@x/b'])
    await applyChange(places, { placed: new Map(), removed: [nameOf('@x/b')], lock: '' })
    assert.deepEqual(await readdir(places.packages), ['.ggen', 'a'], 'the scope went with its last package')
  })

  it('keeps the folder of a scope in which something else lies', async () => {
    await using folder = await temporaryFolder()
    const places = await openProject(folder.path, true)
    await applyChange(places, await stageChange(places))
    await writeFile(join(places.packages, '@x/mine'), '')
    await applyChange(places, { placed: new Map(), removed: [nameOf('@x/b')], lock: '' })
    assert.deepEqual(await readdir(join(places.packages, '@x')), ['mine'])
  })

  it('never removes what somebody else put there in between', async () => {
    await using folder = await temporaryFolder()
    const places = await openProject(folder.path, true)
    for (const move of (await movesOf(places, await stageChange(places))).slice(0, 3)) await move()
    await writePackage(packagePath(places, nameOf('a')), 'by hand')
    await assert.rejects(settle(places), (error) => isGgenError(error, 'install-blocked'))
    assert.equal(await readFile(join(packagePath(places, nameOf('a')), 'version'), 'utf8'), 'by hand')
    assert.equal(await readFile(join(places.workshop, 'old/0/version'), 'utf8'), 'old')
  })

  it('is undone when the lock cannot be written, and what was in place is remembered', async () => {
    await using folder = await temporaryFolder()
    const places = await openProject(folder.path, true)
    await applyChange(places, { ...(await stageChange(places)), removed: [] })
    await rm(lockPath(places))
    await mkdir(lockPath(places))
    const inPlace = await readInPlace(places)
    await assert.rejects(applyChange(places, await stageChange(places)), (error) => error instanceof GgenError)
    assert.equal(await readFile(join(packagePath(places, nameOf('c')), 'version'), 'utf8'), 'old')
    assert.deepEqual(await readInPlace(places), inPlace)
  })
})

describe('a plan that came with a project', () => {
  it('moves nothing where a link leads', async () => {
    await using folder = await temporaryFolder()
    const places = placesOf(join(folder.path, 'project'))
    const elsewhere = join(folder.path, 'elsewhere')
    await mkdir(join(places.workshop, 'old/0'), { recursive: true })
    await writeFile(join(places.workshop, 'old/0/evil'), 'evil')
    await mkdir(elsewhere)
    await symlink(elsewhere, join(places.packages, '@x'))
    for (const inode of ['none', '1']) {
      await writeFile(join(places.workshop, 'plan.json'), JSON.stringify({ packages: [{ name: '@x/y', inode }], before: '', after: '' }))
      await assert.rejects(settle(places), (error) => isGgenError(error, 'install-blocked'))
    }
    assert.deepEqual(await readdir(elsewhere), [])
  })

  it('is none when it is not what ggen writes, and says so', async () => {
    await using folder = await temporaryFolder()
    const places = placesOf(folder.path)
    await mkdir(places.workshop, { recursive: true })
    const around = (packages: string): string => `{"packages":${packages},"before":"","after":""}`
    const texts = [
      '', '{', 'null', '[]', '1', '{}', '{"packages":[],"before":""}', '{"packages":[],"before":"","after":1}', '{"packages":[],"before":1,"after":""}',
      ...['{}', 'null', '[1]', '[null]', '[{"name":1,"inode":"1"}]', '[{"name":"../x","inode":"1"}]', '[{"name":"a","inode":1}]', '[{"name":"a"}]'].map(around),
    ]
    for (const text of texts) {
      await writeFile(join(places.workshop, 'plan.json'), text)
      await assert.rejects(settle(places), (error) => isGgenError(error, 'install-blocked') && error.hint === 'remove it', text)
    }
  })
})

describe('durable files', () => {
  it('are new, whole and behind no link', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'a')
    await writeNewFile(path, 0o644, [Buffer.from('x'), Buffer.from('y')])
    assert.equal(await readFile(path, 'utf8'), 'xy')
    await assert.rejects(writeNewFile(path, 0o644, []), (error) => isGgenError(error, 'store-broken'))
    await symlink('b', join(folder.path, 'link'))
    await assert.rejects(writeNewFile(join(folder.path, 'link'), 0o644, []), (error) => isGgenError(error, 'store-broken'))
    await move(path, join(folder.path, 'c'))
    await flushFolder(folder.path)
    assert.equal((await look(join(folder.path, 'c')))?.isFile(), true)
    assert.equal(await look(path), undefined)
    assert.equal(await look(join(folder.path, 'c/d')), undefined)
  })

  it('do not include a lock that is too large', async () => {
    await using folder = await temporaryFolder()
    await writeFile(join(folder.path, 'ggen.lock'), Buffer.alloc(17 * 1024 * 1024))
    await assert.rejects(readLockText(placesOf(folder.path)), (error) => isGgenError(error, 'lock-invalid'))
  })
})
