import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError } from '#core'
import { leadLocksToDoor } from './lead-locks.ts'
import { makeLocksPortable } from './portable-locks.ts'
import { runIn, SceneProject } from './project-scene.conformance.ts'
import type { World } from './world.ts'

const OWN = 'https://own.example/'
const DOOR = { url: 'http://127.0.0.1:4003/npm/', upstreams: ['https://registry.example/', OWN], scopes: [{ scope: '@s', upstream: OWN }] }
const entry = (name: string, base: string): string =>
  `"${name}@^1":\n  version "1.0.0"\n  resolved "${base}${name}/-/${name.replace(/^.*\//, '')}-1.0.0.tgz#x"\n`
const LOCK = [entry('a0', 'https://registry.example/'), entry('a1', 'https://mirror.example/'), entry('@s/b', OWN)].join('\n')

interface Trial {
  readonly command: string
  readonly askCommand?: World['askCommand']
  readonly replace?: (text: string) => Promise<void>
  readonly lock?: string
}

/** The lock file while a command runs, and when it is over. */
const through = async ({ command, askCommand = async () => assert.fail('nobody is asked'), replace = async () => {}, lock = LOCK }: Trial) => {
  let [text, during] = [lock, '']
  const file = { path: '/project/yarn.lock', replace: async (after: string) => replace(after).then(() => void (text = after)) }
  const world: Partial<World> = { askCommand, nearestFiles: async (folder) => (folder === '/project' ? [{ ...file, text }] : []) }
  const { said } = await runIn(new SceneProject([]), async (context) => {
    const before = await leadLocksToDoor(context, DOOR, command)
    during = text
    await makeLocksPortable(context, DOOR, before)
    return { kind: 'ran', value: { command, exitCode: 0 } }
  }, { client: { npmAddresses: async () => assert.fail('what stood there is known') }, world })
  return { during, after: text, said: said.join('\n') }
}

describe('Lock files, while a command runs', () => {
  it('name the door where they named a registry behind it, and are the same again afterwards', async () => {
    const { during, after, said } = await through({ command: 'bun' })
    assert.equal(during, LOCK.replace('https://registry.example/', DOOR.url).replace(OWN, DOOR.url))
    assert.deepEqual([after, said], [LOCK, ''])
  })

  it('name it also for what yarn asks where nobody says anything, as it says itself', async () => {
    for (const command of ['yarn', 'yarnpkg', 'yarn.cmd']) {
      const { during, after } = await through({
        command,
        askCommand: async (...[asked, args]) => {
          assert.deepEqual([asked, args], [command, ['config', 'get', 'registry']])
          return 'https://mirror.example'
        },
      })
      assert.equal(during.split(DOOR.url).length, 4)
      assert.equal(after, LOCK)
    }
    for (const nothing of [undefined, 'undefined', 'Usage Error: no such setting', 'file:///a/']) {
      assert.equal((await through({ command: 'yarn', askCommand: async () => nothing })).during.split(DOOR.url).length, 3)
    }
  })

  it('are as they were, and yarn is asked nothing, where they are of yarn 2 or later', async () => {
    const lock = '__metadata:\n  version: 8\n\n"a@npm:^1":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n'
    const { during, after } = await through({ command: 'yarn', lock })
    assert.deepEqual([during, after], [lock, lock])
  })

  it('are left where they cannot be changed, which is said', async () => {
    const { during, said } = await through({
      command: 'bun',
      replace: async () => {
        throw new GgenError('denied', 'the folder is read-only')
      },
    })
    assert.equal(during, LOCK)
    assert.match(said, /^\/project\/yarn\.lock names the registry.*the folder is read-only/)
  })
})
