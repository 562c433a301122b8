import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { temporaryFolder } from '#testing'
import { openSettingsFile } from './settings-file.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

describe('a file of settings', () => {
  it('is replaced as a whole, and keeps its rights', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, '.npmrc')
    await writeFile(path, 'a=1\n')
    await chmod(path, 0o664)
    const file = await openSettingsFile(path)
    assert.deepEqual(Buffer.from((await file.read()) ?? assert.fail()).toString(), 'a=1\n')
    await file.replace({ before: bytes('a=1\n'), after: bytes('b=1\n'), mode: 0o600 })
    assert.deepEqual([await readFile(path, 'utf8'), await modeOf(path), await readdir(folder.path)], ['b=1\n', 0o664, ['.npmrc']])
  })

  it('is made where there was none, and removed', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, '.npmrc')
    const file = await openSettingsFile(path)
    assert.equal(await file.read(), undefined)
    await file.replace({ before: undefined, after: bytes('a=1'), mode: 0o600 })
    assert.deepEqual([await readFile(path, 'utf8'), await modeOf(path)], ['a=1', 0o600])
    await file.replace({ before: bytes('a=1'), after: undefined, mode: 0o600 })
    assert.deepEqual(await readdir(folder.path), [])
  })

  it('stays where a link leads', async () => {
    await using folder = await temporaryFolder()
    await mkdir(join(folder.path, 'dotfiles'))
    const [kept, path] = [join(folder.path, 'dotfiles', 'npmrc'), join(folder.path, '.npmrc')]
    await writeFile(kept, 'a=1')
    await symlink(kept, path)
    await (await openSettingsFile(path)).replace({ before: bytes('a=1'), after: bytes('b=1'), mode: 0o600 })
    assert.deepEqual([await readFile(kept, 'utf8'), await readlink(path)], ['b=1', kept])
    await symlink(join(folder.path, 'nowhere'), join(folder.path, 'lost'))
    await assert.rejects(openSettingsFile(join(folder.path, 'lost')), (error) => isGgenError(error, 'path-not-found'))
  })

  it('is left alone where somebody else has changed it, and where it is none', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, '.npmrc')
    await writeFile(path, 'theirs')
    const file = await openSettingsFile(path)
    for (const before of [undefined, bytes('ours')]) {
      await assert.rejects(file.replace({ before, after: bytes('x'), mode: 0o600 }), (error) => isGgenError(error, 'conflict'))
    }
    assert.deepEqual([await readFile(path, 'utf8'), await readdir(folder.path)], ['theirs', ['.npmrc']])
    await assert.rejects((await openSettingsFile(folder.path)).read(), (error) => isGgenError(error, 'config-invalid'))
    await writeFile(path, '#'.repeat(1024 * 1024 + 1))
    await assert.rejects(file.read(), (error) => isGgenError(error, 'config-invalid'))
  })
})
