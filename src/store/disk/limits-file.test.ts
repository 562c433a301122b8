import assert from 'node:assert/strict'
import { mkdir, mkdtempDisposable, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { GgenError, isGgenError, LIMITS, type LimitsChange } from '#core'
import { nodeFileSystem } from './file-system.ts'
import { openLimitsFile } from './limits-file.ts'

const temporaryHome = (): ReturnType<typeof mkdtempDisposable> => mkdtempDisposable(join(tmpdir(), 'ggen-limits-'))

suite('the file of limits', () => {
  test('limits come back as they were written, and nothing else remains', async () => {
    await using home = await temporaryHome()
    const path = join(home.path, 'limits.json')
    assert.deepEqual(await openLimitsFile(path).read(), {})
    const changes: readonly LimitsChange[] = [{ up: 1_000_000, down: null }, { perPeer: LIMITS.stallBytesPerSecond }, {}]
    for (const change of changes) {
      await openLimitsFile(path).write(change)
      assert.deepEqual(await openLimitsFile(path).read(), change)
    }
    assert.deepEqual(await readdir(home.path), ['limits.json'])
    assert.equal((await stat(path)).mode & 0o777, 0o600)
  })

  test('when writing fails at any step, the old limits are still there', async () => {
    await using home = await temporaryHome()
    const path = join(home.path, 'limits.json')
    await openLimitsFile(path).write({ up: 10_000 })
    const full = (): Promise<never> => Promise.reject(Object.assign(new Error('no room'), { code: 'ENOSPC', syscall: 'write' }))
    const open: typeof nodeFileSystem.open = async (...args) => Object.assign(await nodeFileSystem.open(...args), { sync: full })
    for (const broken of [{ open: full }, { open }, { rename: full }]) {
      await assert.rejects(openLimitsFile(path, { ...nodeFileSystem, ...broken }).write({ up: 20_000 }), (error) => isGgenError(error, 'disk-full'))
      assert.deepEqual(await openLimitsFile(path).read(), { up: 10_000 })
    }
    await openLimitsFile(path).write({ up: 30_000 })
    assert.deepEqual(await openLimitsFile(path).read(), { up: 30_000 })
  })

  test('what lies where they are written first is replaced, never written through', async () => {
    await using home = await temporaryHome()
    const [path, goal] = [join(home.path, 'limits.json'), join(home.path, 'goal')]
    await writeFile(goal, 'mine')
    await symlink(goal, `${path}.tmp`)
    await openLimitsFile(path).write({ up: 10_000 })
    await writeFile(`${path}.tmp`, 'left by a crash')
    await openLimitsFile(path).write({ up: 20_000 })
    assert.deepEqual([await openLimitsFile(path).read(), await readFile(goal, 'utf8')], [{ up: 20_000 }, 'mine'])
  })

  test('what is no file of limits is said to be none', async () => {
    await using home = await temporaryHome()
    const path = join(home.path, 'limits.json')
    const texts = ['', '{', '[]', 'null', '1', '{"up":1}', '{"up":"1MB"}', '{"up":1e300}', '{"other":10000}', `{"up":null}${' '.repeat(5000)}`]
    for (const text of texts) {
      await writeFile(path, text)
      await assert.rejects(openLimitsFile(path).read(), (error) => isGgenError(error, 'config-invalid') && error.message.includes(path), text)
    }
    const folder = join(home.path, 'folder')
    await mkdir(folder)
    await assert.rejects(openLimitsFile(folder).read(), (error) => isGgenError(error, 'store-broken'))
  })

  test('any bytes are limits or a coded error', async () => {
    await using home = await temporaryHome()
    const path = join(home.path, 'limits.json')
    const limits = fc.dictionary(fc.constantFrom('up', 'down', 'perPeer', '__proto__', 'x'), fc.oneof(fc.nat(), fc.constant(null), fc.double(), fc.string()))
    await fc.assert(fc.asyncProperty(fc.oneof(fc.uint8Array(), limits.map((value) => JSON.stringify(value))), async (content) => {
      await writeFile(path, content)
      try {
        for (const limit of Object.values(await openLimitsFile(path).read())) assert.ok(limit === null || limit >= LIMITS.stallBytesPerSecond)
      } catch (error) {
        assert.ok(error instanceof GgenError && error.code === 'config-invalid', String(error))
      }
    }), { numRuns: 200 })
  })
})
