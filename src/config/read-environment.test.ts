import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError, isGgenError } from '#core'
import { readEnvironment } from './read-environment.ts'

describe('readEnvironment', () => {
  let folder = ''
  const { env, platform, readConfigFile } = readEnvironment()
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ggen-config-'))
  })
  after(() => rm(folder, { recursive: true }))

  it('describes this process', () => {
    assert.equal(env, process.env)
    assert.equal(platform.userFolder, homedir())
    assert.ok(isAbsolute(platform.workingFolder) && isAbsolute(platform.tempFolder))
  })

  it('says so when the working folder was removed', async () => {
    const before = process.cwd()
    const gone = await mkdtemp(join(folder, 'gone-'))
    process.chdir(gone)
    try {
      await rm(gone, { recursive: true })
      assert.throws(readEnvironment, (error) => isGgenError(error, 'path-not-found'))
    } finally {
      process.chdir(before)
    }
  })

  it('reads config.toml, and a missing one as absent', async () => {
    const path = join(folder, 'config.toml')
    assert.equal(await readConfigFile(path), undefined)
    await writeFile(path, '[p2p]\nlight = true\n')
    assert.equal(JSON.stringify(await readConfigFile(path)), JSON.stringify({ path, table: { p2p: { light: true } } }))
  })

  it('says where broken TOML is', async () => {
    const path = join(folder, 'broken.toml')
    await writeFile(path, 'a = 1\nb = = 2\n')
    await assert.rejects(readConfigFile(path), (error) => isGgenError(error, 'config-invalid') && error.message.startsWith(`${path}:2:`))
  })

  it('refuses folders and large files', async () => {
    const path = join(folder, 'folder.toml')
    await mkdir(path)
    await assert.rejects(readConfigFile(path), (error) => isGgenError(error, 'config-invalid'))
    const large = join(folder, 'large.toml')
    await writeFile(large, '#'.repeat(256 * 1024 + 1))
    await assert.rejects(readConfigFile(large), (error) => isGgenError(error, 'config-invalid') && error.message.includes('larger'))
  })

  it('lets only coded errors out for random files', async () => {
    const path = join(folder, 'random.toml')
    await fc.assert(fc.asyncProperty(fc.oneof(fc.uint8Array(), fc.string()), async (content) => {
      await writeFile(path, content)
      try {
        await readConfigFile(path)
      } catch (error) {
        assert.ok(error instanceof GgenError && error.code === 'config-invalid', String(error))
      }
    }), { numRuns: 200 })
  })
})
