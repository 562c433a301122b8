import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { lstat, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { GgenError, isGgenError, type PackageName } from '#core'
import { temporaryFolder } from '#testing'
import { flushFolder, look, move, writeNewFile } from './durable-files.ts'
import { placePackage, settle } from './place-package.ts'
import { lockPath, packagePath, placesOf, readLockText } from './project-places.ts'

const NAME = 'a' as PackageName

/** The moves of `placePackage`, one by one, so that a crash can come between any two. */
const stopAfter = async (folder: string, steps: number): Promise<void> => {
  const places = placesOf(folder)
  const target = packagePath(places, NAME)
  const staged = join(places.workshop, 'new')
  await mkdir(staged)
  await writeFile(join(staged, 'version'), 'new')
  const inode = (await lstat(staged, { bigint: true })).ino.toString()
  const plan = { name: NAME, inode, lock: createHash('sha256').update('new lock').digest('hex') }
  const moves = [
    async () => await writeFile(join(places.workshop, 'plan.json'), JSON.stringify(plan)),
    async () => ((await look(target)) === undefined ? undefined : await rename(target, join(places.workshop, 'old'))),
    async () => await rename(staged, target),
    async () => await writeFile(join(places.workshop, 'ggen.lock'), 'new lock'),
    async () => await rename(join(places.workshop, 'ggen.lock'), lockPath(places)),
  ]
  for (const action of moves.slice(0, steps)) await action()
}

const stateOf = async (folder: string): Promise<string> => {
  const places = placesOf(folder)
  const there = await look(packagePath(places, NAME))
  const version = there === undefined ? 'nothing' : await readFile(join(packagePath(places, NAME), 'version'), 'utf8')
  return `${version}, ${(await readLockText(places)) ?? 'no lock'}`
}

describe('placing a package', () => {
  for (let steps = 0; steps <= 5; steps++) {
    it(`that was interrupted after ${steps} of 5 steps is undone, or finished when all was done`, async () => {
      for (const before of ['old, old lock', 'nothing, no lock']) {
        await using folder = await temporaryFolder()
        const places = placesOf(folder.path)
        await mkdir(places.workshop, { recursive: true })
        if (before.startsWith('old')) {
          await mkdir(packagePath(places, NAME))
          await writeFile(join(packagePath(places, NAME), 'version'), 'old')
          await writeFile(lockPath(places), 'old lock')
        }
        await stopAfter(folder.path, steps)
        await settle(places)
        assert.equal(await stateOf(folder.path), steps === 5 ? 'new, new lock' : before)
        assert.deepEqual(await readdir(places.workshop), [])
        await settle(places)
      }
    })
  }

  it('never removes what somebody else put there in between', async () => {
    await using folder = await temporaryFolder()
    const places = placesOf(folder.path)
    await mkdir(places.workshop, { recursive: true })
    await mkdir(packagePath(places, NAME))
    await writeFile(join(packagePath(places, NAME), 'version'), 'old')
    await stopAfter(folder.path, 2)
    await mkdir(packagePath(places, NAME))
    await writeFile(join(packagePath(places, NAME), 'version'), 'by hand')
    await assert.rejects(settle(places), (error) => isGgenError(error, 'install-blocked'))
    assert.equal(await stateOf(folder.path), 'by hand, no lock')
    assert.equal(await readFile(join(places.workshop, 'old/version'), 'utf8'), 'old')
  })

  it('is undone when the lock cannot be written', async () => {
    await using folder = await temporaryFolder()
    const places = placesOf(folder.path)
    const staged = join(places.workshop, 'new')
    await mkdir(staged, { recursive: true })
    await mkdir(lockPath(places))
    await mkdir(packagePath(places, NAME))
    await writeFile(join(packagePath(places, NAME), 'version'), 'old')
    await assert.rejects(placePackage(places, NAME, { staged, lock: 'text' }), (error) => error instanceof GgenError)
    assert.equal(await readFile(join(packagePath(places, NAME), 'version'), 'utf8'), 'old')
  })
})

describe('a plan that came with a project', () => {
  it('moves nothing where a link leads', async () => {
    await using folder = await temporaryFolder()
    const places = placesOf(join(folder.path, 'project'))
    const elsewhere = join(folder.path, 'elsewhere')
    await mkdir(join(places.workshop, 'old'), { recursive: true })
    await writeFile(join(places.workshop, 'old/evil'), 'evil')
    await mkdir(elsewhere)
    await symlink(elsewhere, join(places.packages, '@x'))
    for (const inode of ['none', '1']) {
      await writeFile(join(places.workshop, 'plan.json'), JSON.stringify({ name: '@x/y', inode, lock: '' }))
      await assert.rejects(settle(places), (error) => isGgenError(error, 'install-blocked'))
    }
    assert.deepEqual(await readdir(elsewhere), [])
  })

  it('is none when it is not what ggen writes, and says so', async () => {
    await using folder = await temporaryFolder()
    const places = placesOf(folder.path)
    await mkdir(places.workshop, { recursive: true })
    const texts = [
      '', '{', 'null', '[]', '1', '{}', '{"name":1,"inode":"1","lock":""}', '{"name":"../x","inode":"1","lock":""}', '{"name":"a","inode":1,"lock":""}',
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
