import assert from 'node:assert/strict'
import { chmod, lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { temporaryFolder } from '#testing'
import { openControlToken } from './control-token.ts'

describe('openControlToken', () => {
  it('makes 256 random bits that only this user can read, and keeps them', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'control.token')
    const before = process.umask(0)
    const token = await openControlToken(path).finally(() => process.umask(before))
    assert.equal(Buffer.from(token, 'base64url').length, 32)
    assert.equal((await lstat(path)).mode & 0o777, 0o600)
    assert.equal(await readFile(path, 'utf8'), `${token}\n`)
    assert.equal(await openControlToken(path), token)
    assert.deepEqual(await readdir(folder.path), ['control.token'])
    assert.notEqual(await openControlToken(join(folder.path, 'other.token')), token)
  })

  it('refuses one that others could have read or planted', { skip: process.platform === 'win32' }, async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'control.token')
    const token = await openControlToken(path)
    await chmod(path, 0o640)
    await assert.rejects(openControlToken(path), (error) => isGgenError(error, 'home-insecure') && !error.message.includes(token))
    const link = join(folder.path, 'link')
    await symlink(path, link)
    await assert.rejects(openControlToken(link), (error) => isGgenError(error, 'home-insecure') && /symbolic link/.test(error.message))
    await mkdir(join(folder.path, 'folder'))
    await assert.rejects(openControlToken(join(folder.path, 'folder')), (error) => isGgenError(error, 'home-insecure'))
  })

  it('refuses what is no token, and does not say what is in the file', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'control.token')
    for (const text of ['', 'short', `${'a'.repeat(44)}\n`, 'a'.repeat(10_000)]) {
      await writeFile(path, text, { mode: 0o600 })
      await assert.rejects(openControlToken(path), (error) => isGgenError(error, 'store-broken') && !/short|aaa/.test(JSON.stringify(error)))
    }
  })

  it('says so where nothing can be written', async () => {
    await using folder = await temporaryFolder()
    await assert.rejects(openControlToken(join(folder.path, 'nowhere', 'control.token')), (error) => isGgenError(error, 'store-broken'))
  })
})
