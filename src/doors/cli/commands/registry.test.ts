import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Config } from '#config'
import { GgenError, isGgenError } from '#core'
import type { Context } from './context.ts'
import { createToken, listTokens, revokeToken } from './registry-tokens.ts'
import { serveRegistry } from './serve-registry.ts'
import type { NodeHooks } from './world.ts'

const REQUEST = { listen: { host: '127.0.0.1', port: 0 }, replicas: 0, proxies: [], joinsNetwork: false }

/** A context with as much as serving looks at. */
const contextWith = (serve: (config: Config, hooks: NodeHooks) => Promise<void>,
  isRunning: boolean): { readonly context: Context; readonly printed: unknown[] } => {
  const printed: unknown[] = []
  const context = {
    world: { serveRegistry: (config: Config, _request: unknown, hooks: NodeHooks) => serve(config, hooks) },
    environment: { env: { GGEN_HOME: '/h' }, dotGgen: false, readConfigFile: async () => undefined, platform: { os: 'linux', userFolder: '/',
      tempFolder: '/', workingFolder: '/' } },
    places: { home: '/h', configPath: '/h/config.toml' },
    client: { health: () => (isRunning ? Promise.resolve({}) : Promise.reject(new GgenError('daemon-not-running', 'none'))) },
    deadline: { signal: new AbortController().signal, lift: () => printed.push('lifted') },
    print: (outcome: { kind: string }) => printed.push(outcome.kind),
    say: () => undefined,
  } as unknown as Context
  return { context, printed }
}

test('a registry tells when it is ready and what happens, and takes as long as it likes from then on', async () => {
  const { context, printed } = contextWith(async (_config, { onReady, onEvent }) => {
    onReady({ peerId: 'x' as never, addresses: [], home: '/h', pid: 1 })
    onEvent({ type: 'peer-disconnected', peer: 'x' as never })
    onEvent({ type: 'sync-progress', peer: 'x' as never, ops: 1, of: 2, opsPerSecond: 3 })
  }, false)
  assert.equal(await serveRegistry({}, REQUEST)(context), undefined)
  assert.deepEqual(printed, ['lifted', 'serving', 'event'])
})

test('one home has one node', async () => {
  const { context } = contextWith(() => assert.fail(), true)
  await assert.rejects(serveRegistry({}, REQUEST)(context), (error) => isGgenError(error, 'daemon-already-running'))
})

test('tokens are those of the home that is meant', async () => {
  const asked: unknown[] = []
  const tokens = {
    create: async (wish: object) => (asked.push(wish), { token: 'ggen_x', made: { id: 'a' } }),
    list: async () => [{ id: 'a' }],
    revoke: async (id: string) => ({ id }),
  }
  const path = '/h/registry-tokens.json'
  const platform = { name: 'linux', homeFolder: '/home/ada', workingFolder: '/' }
  const environment = { env: { GGEN_HOME: '/h' }, platform, readConfigFile: async () => undefined }
  const world = { openTokens: async (file: string) => (asked.push(file), tokens) }
  const context = { environment, places: { home: '/h' }, world } as unknown as Context
  const wish = { label: '', names: ['*'], forMs: 1 }
  assert.deepEqual(await createToken(wish)(context), { kind: 'token-made', value: { id: 'a', token: 'ggen_x' } })
  assert.deepEqual(await listTokens()(context), { kind: 'tokens', value: { tokens: [{ id: 'a' }] } })
  assert.deepEqual(await revokeToken('a')(context), { kind: 'token-revoked', value: { id: 'a' } })
  assert.deepEqual(asked, [path, wish, path, path])
})
