import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import type { ConfigFile, Environment } from './environment.ts'
import { findPlaces } from './places.ts'
import { readFiles } from './read-files.ts'

const ENVIRONMENT = { env: {}, dotGgen: true, platform: { os: 'linux', userFolder: '/home/ada', tempFolder: '/tmp', workingFolder: '/srv/project/deep/down' } }
const PLACES = findPlaces(ENVIRONMENT.env, ENVIRONMENT.platform, true)

const having = (...paths: readonly string[]): Environment => ({
  ...ENVIRONMENT,
  readConfigFile: async (path): Promise<ConfigFile | undefined> => (paths.includes(path) ? { path, table: {} } : undefined),
})

describe('readFiles', () => {
  it('finds the files of the user, and that of the project around the working folder', async () => {
    const { dotGgen, config, older, project } = await readFiles(
      having('/home/ada/.ggen/config.toml', '/home/ada/.ggen/p2p-config.toml', '/srv/project/ggen.toml', '/srv/ggen.toml'), PLACES,
    )
    const paths = [config, older, project].map((file) => file?.path)
    assert.deepEqual([dotGgen, ...paths], [true, '/home/ada/.ggen/config.toml', '/home/ada/.ggen/p2p-config.toml', '/srv/project/ggen.toml'])
    assert.deepEqual(await readFiles(having('/ggen.toml'), PLACES), { dotGgen: true, project: { path: '/ggen.toml', table: {} } })
    assert.deepEqual(await readFiles(having(), PLACES), { dotGgen: true })
  })

  it('reads a file that was named in place of those of the user', async () => {
    const named = '/srv/project/ggen.toml'
    const files = await readFiles(having('/home/ada/.ggen/config.toml', '/home/ada/.ggen/p2p-config.toml', named), PLACES, named)
    assert.deepEqual(files, { dotGgen: true, config: { path: named, table: {} } })
    const isSo = (error: unknown): boolean => isGgenError(error, 'config-invalid') && error.message.includes('/nowhere.toml')
    await assert.rejects(readFiles(having(), PLACES, '/nowhere.toml'), isSo)
  })
})
