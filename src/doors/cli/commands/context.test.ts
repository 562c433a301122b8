import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { temporaryFolder } from '#testing'
import { createContext } from './context.ts'
import { Deadline } from './deadline.ts'
import type { World } from './world.ts'

describe('createContext', () => {
  it('speaks to the node of the home folder that the environment names, and opens nothing', async () => {
    await using folder = await temporaryFolder()
    const home = join(folder.path, 'none')
    const platform = { os: process.platform, userFolder: '/', tempFolder: '/tmp', workingFolder: '/', userId: 1 }
    const environment = { env: { GGEN_HOME: home }, dotGgen: false, platform, readConfigFile: async () => undefined }
    using deadline = new Deadline(new AbortController().signal, 60)
    const talk = { deadline, print: () => undefined, show: () => undefined, say: () => undefined, watchFetch: () => assert.fail('nothing is fetched') }
    const { places, client } = createContext({} as World, environment, talk)
    assert.equal(places.home, home)
    await assert.rejects(client.health(deadline.signal), (error) => isGgenError(error, 'daemon-not-running') && error.message.includes(places.socketPath))
  })
})
