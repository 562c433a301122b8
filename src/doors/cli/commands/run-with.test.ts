import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError } from '#core'
import type { ControlClient } from '#doors/control'
import { runIn, SceneProject } from './project-scene.conformance.ts'
import { environmentFor, runWith } from './run-with.ts'
import type { NearFile, World } from './world.ts'

const DOOR = { url: 'http://127.0.0.1:4003/npm/', upstreams: ['https://registry.example/'], scopes: [], cacheBytes: 0, token: 'secret' }

describe('environmentFor', () => {
  it('tells every client where to ask, and what to show', () => {
    assert.deepEqual(environmentFor(DOOR, {}), {
      npm_config_registry: DOOR.url, npm_config_replace_registry_host: 'always', pnpm_config_registry: DOOR.url, YARN_NPM_REGISTRY_SERVER: DOOR.url,
      YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1', BUN_CONFIG_REGISTRY: DOOR.url, 'npm_config_//127.0.0.1:4003/npm/:_authToken': 'secret',
      YARN_NPM_AUTH_TOKEN: 'secret', BUN_CONFIG_TOKEN: 'secret',
    })
    assert.equal(environmentFor(DOOR, { YARN_UNSAFE_HTTP_WHITELIST: 'a.example, 127.0.0.1' })['YARN_UNSAFE_HTTP_WHITELIST'], 'a.example,127.0.0.1')
  })

  it('loses nothing else of what was there', () => {
    const told = new Set(Object.keys(environmentFor(DOOR, {})))
    fc.assert(fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { noNullPrototype: true }), (env) => {
      const now = environmentFor(DOOR, env)
      for (const [name, value] of Object.entries(env)) if (!told.has(name)) assert.equal(now[name], value)
    }))
  })
})

/** A file of the project that remembers what it was replaced by. */
class SceneFile implements NearFile {
  readonly path: string
  text: string
  constructor(path: string, text: string) {
    this.path = path
    this.text = text
  }

  replace = async (text: string): Promise<void> => {
    this.text = text
  }
}

interface Trial {
  readonly client?: Partial<ControlClient>
  readonly files?: readonly SceneFile[]
  readonly runCommand?: World['runCommand']
}

const ran = async ({ client = { npm: async () => DOOR }, files = [], runCommand = async () => 3 }: Trial) => {
  const runs: { readonly command: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string | undefined>> }[] = []
  const world: Partial<World> = {
    runCommand: async (command, args, env) => {
      runs.push({ command, args, env })
      return await runCommand(command, args, env)
    },
    nearestFiles: async (folder, names) => files.filter(({ path }) => names.some((name) => path === `${folder}/${name}`)),
  }
  const { outcome, said } = await runIn(new SceneProject([]), runWith(['npm', 'ci', '--json']), { client, world })
  return { outcome, said: said.join('\n'), run: runs[0] }
}

describe('ggen with', () => {
  it('runs the command with the node as its registry, and ends as it ends', async () => {
    const { outcome, run, said } = await ran({})
    assert.deepEqual([outcome, said], [{ kind: 'ran', value: { command: 'npm', exitCode: 3 } }, ''])
    assert.deepEqual([run?.command, run?.args, run?.env['npm_config_registry']], ['npm', ['ci', '--json'], DOOR.url])
  })

  it('runs it untouched where no node answers, and says so', async () => {
    for (const code of ['daemon-not-running', 'no-npm-door', 'config-invalid'] as const) {
      const { run, said } = await ran({
        client: {
          npm: async () => {
            throw new GgenError(code, 'nobody is there')
          },
        },
      })
      assert.equal(run?.env['npm_config_registry'], undefined)
      assert.match(said, /runs without it/)
    }
  })

  it('runs it untouched where the project or the user names another registry than the node asks, and says where', async () => {
    const other = 'https://other.example/'
    const files = [
      ['/project/.npmrc', `registry=${other}`], ['/project/.yarnrc.yml', `npmRegistryServer: ${other}`],
      ['/project/bunfig.toml', `[install]\nregistry="${other}"`],
      ['/home/ada/.yarnrc.yml', `npmRegistryServer: ${other}`], ['/home/ada/.bunfig.toml', `[install]\nregistry="${other}"`],
    ] as const
    for (const [path, text] of files) {
      const { run, said } = await ran({ files: [new SceneFile(path, text)] })
      assert.equal(run?.env['npm_config_registry'], undefined, path)
      assert.ok(said.startsWith(`${path} names the registry https://other.example/, and the node asks ${DOOR.upstreams[0]}: `), said)
    }
  })

  it('runs it with the node where the project names the registry that the node asks, or the node', async () => {
    for (const registry of ['https://registry.example', DOOR.url]) {
      const { run, said } = await ran({ files: [new SceneFile('/project/.npmrc', `registry=${registry}`)] })
      assert.deepEqual([run?.env['npm_config_registry'], said], [DOOR.url, ''])
    }
  })

  it('ends as a shell would where there is no such command, and says what may help', async () => {
    const { outcome, said } = await ran({
      runCommand: async () => {
        throw new GgenError('path-not-found', 'npm cannot be found', { hint: 'is it installed?' })
      },
    })
    assert.deepEqual([outcome, said], [{ kind: 'ran', value: { command: 'npm', exitCode: 127 } }, 'npm cannot be found: is it installed?'])
  })

  it('leads the lock files of yarn 1 and bun through the node for as long as it runs, also where it cannot even start', async () => {
    const text = `{"packages": {"a": ["a@1.0.0", "${DOOR.upstreams[0]}a/-/a-1.0.0.tgz", {}, ""]}}`
    const lock = new SceneFile('/project/bun.lock', text)
    const during: string[] = []
    const see: World['runCommand'] = async () => {
      during.push(lock.text)
      return 0
    }
    await ran({ files: [lock], runCommand: see })
    assert.equal(lock.text, text)
    const denied = ran({
      files: [lock],
      runCommand: async (...call) => {
        await see(...call)
        throw new GgenError('denied', 'npm may not be started')
      },
    })
    await assert.rejects(denied, /may not be started/)
    assert.deepEqual([during, lock.text], [[text.replace(DOOR.upstreams[0] ?? '', DOOR.url), text.replace(DOOR.upstreams[0] ?? '', DOOR.url)], text])
  })
})
