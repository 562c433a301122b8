import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError } from '#core'
import type { ControlClient } from '#doors/control'
import { runIn, SceneProject } from './project-scene.conformance.ts'
import { environmentFor, runWith } from './run-with.ts'

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

describe('ggen with', () => {
  const ran = async (client: Partial<ControlClient>) => {
    const runs: { command: string; args: readonly string[]; env: Readonly<Record<string, string | undefined>> }[] = []
    const runCommand = async (command: string, args: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<number> => {
      runs.push({ command, args, env })
      return 3
    }
    const { outcome, said } = await runIn(new SceneProject([]), runWith(['npm', 'ci', '--json']), { client, world: { runCommand } })
    return { outcome, said, run: runs[0] }
  }

  it('runs the command with the node as its registry, and ends as it ends', async () => {
    const { outcome, run } = await ran({ npm: async () => DOOR })
    assert.deepEqual(outcome, { kind: 'ran', value: { command: 'npm', exitCode: 3 } })
    assert.deepEqual([run?.command, run?.args, run?.env['npm_config_registry']], ['npm', ['ci', '--json'], DOOR.url])
  })

  it('runs it untouched where no node answers, and says so', async () => {
    for (const code of ['daemon-not-running', 'no-npm-door'] as const) {
      const { run, said } = await ran({
        npm: async () => {
          throw new GgenError(code, 'nobody is there')
        },
      })
      assert.equal(run?.env['npm_config_registry'], undefined)
      assert.match(said.join('\n'), /runs without it/)
    }
  })
})
