import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ConfigFile, Environment } from '#config'
import { GgenError, isGgenError } from '#core'
import type { ControlClient } from '#doors/control'
import { type Context, createContext, type Run } from './context.ts'
import { Deadline } from './deadline.ts'
import type { Outcome } from './outcome.ts'
import { readConfig } from './read-config.ts'
import { showConfig, showConfigPath, validateConfig } from './show-config.ts'
import type { World } from './world.ts'

const FILES: Readonly<Record<string, ConfigFile['table']>> = {
  '/home/ada/.ggen/config.toml': { p2p: { max_connections: 50 }, location: { region: 'eu' } },
  '/srv/project/ggen.toml': { project: {}, registry: { mode: 'p2p' } },
  '/srv/project/other.toml': { registry: { token: 'hush' } },
  '/srv/project/broken.toml': { p2p: { lihgt: true } },
}

const noNode: ControlClient['settings'] = () => Promise.reject(new GgenError('daemon-not-running', 'none'))

const contextOf = (deadline: Deadline, settings = noNode, said: string[] = []): Context => {
  const environment: Environment = {
    env: { GGEN_HOME: '/home/ada/.ggen', GGEN_NETWORK: 'team' }, dotGgen: false,
    platform: { os: 'linux', userFolder: '/home/ada', tempFolder: '/tmp', workingFolder: '/srv/project', userId: 1 },
    readConfigFile: async (path) => (FILES[path] === undefined ? undefined : { path, table: FILES[path] }),
  }
  const silent = { print: () => undefined, show: () => undefined, say: (line: string) => void said.push(line) }
  const context = createContext({} as World, environment, { deadline, watchFetch: (_name, fetch) => fetch(), ...silent })
  return { ...context, client: { settings } as ControlClient }
}

const tried = async (run: Run, settings = noNode, said: string[] = []): Promise<Outcome | undefined> => {
  using deadline = new Deadline(new AbortController().signal, 60)
  return await run(contextOf(deadline, settings, said))
}

describe('config show', () => {
  it('shows settings whose keys begin with a word, each with where it came from', async () => {
    const outcome = await tried(showConfig({ keys: ['registry.mode', 'p2p.max_connections', 'p2p.network'], withOrigin: true }))
    assert.ok(outcome?.kind === 'settings' && outcome.withOrigin)
    assert.deepEqual(outcome.value.settings.map(({ key, value, from }) => [key, value, from.name]), [
      ['p2p.network', 'team', 'GGEN_NETWORK'], ['p2p.max_connections', 50, '/home/ada/.ggen/config.toml: p2p.max_connections'],
      ['registry.mode', 'p2p', '/srv/project/ggen.toml: registry.mode'],
    ])
    assert.match(outcome.value.remarks.join(), /location\.region has no effect/)
    await assert.rejects(tried(showConfig({ keys: ['nonsense'], withOrigin: false })), (error) => isGgenError(error, 'usage'))
  })
})

describe('config show beside a node', () => {
  const from = { kind: 'option', name: '--network' } as const
  const shown = async (settings: ControlClient['settings'], said: string[] = []): Promise<unknown> => {
    const outcome = await tried(showConfig({ keys: ['p2p.max_connections', 'p2p.network', 'registry.mode'], withOrigin: false }), settings, said)
    assert.ok(outcome?.kind === 'settings')
    return Object.fromEntries(outcome.value.settings.flatMap(({ key, running }) => (running === undefined ? [] : [[key, running]])))
  }

  it('says what that took when it started, where it is something else', async () => {
    const taken = { settings: [
      { key: 'p2p.network', value: 'main', from }, { key: 'p2p.max_connections', value: 50, from }, { key: 'registry.mode', value: 'central', from },
    ] }
    assert.deepEqual(await shown(async () => taken), { 'p2p.network': { value: 'main', from } }, 'each command reads the mode anew')
    assert.deepEqual(await shown(async () => ({ settings: [{ key: 'p2p.max_connections', from }] })), { 'p2p.max_connections': { from } })
  })

  it('compares nothing where none runs, or it does not say', async () => {
    const said: string[] = []
    assert.deepEqual(await shown(noNode, said), {})
    assert.deepEqual(said, [])
    assert.deepEqual(await shown(() => Promise.reject(new GgenError('usage', 'there is no GET')), said), {})
    assert.match(said.join(), /the running node does not say what it has: there is no GET/)
  })
})

describe('config validate', () => {
  it('reads everything, or a file in place of that of the user, and throws what is wrong', async () => {
    const whole = await tried(validateConfig(undefined))
    assert.ok(whole?.kind === 'config-read')
    assert.deepEqual(whole.value.files.map(({ path }) => path), ['/home/ada/.ggen/config.toml', '/srv/project/ggen.toml'])
    const other = await tried(validateConfig('other.toml'))
    assert.ok(other?.kind === 'config-read' && !JSON.stringify(other).includes('hush'))
    assert.deepEqual(other.value, { files: [{ path: '/srv/project/other.toml', exists: true }], remarks: [] })
    await assert.rejects(tried(validateConfig('broken.toml')), (error) => isGgenError(error, 'config-invalid') && error.hint === 'did you mean p2p.light?')
  })
})

describe('config path', () => {
  it('shows the files of the user and of the project', async () => {
    const outcome = await tried(showConfigPath())
    assert.ok(outcome?.kind === 'config-path')
    assert.deepEqual(outcome.value.files.map(({ path, exists }) => `${path} ${exists}`), [
      '/home/ada/.ggen/config.toml true', '/home/ada/.ggen/p2p-config.toml false', '/srv/project/ggen.toml true',
    ])
  })
})

describe('readConfig', () => {
  it('reads what configures a command line', async () => {
    using deadline = new Deadline(new AbortController().signal, 60)
    const config = await readConfig(contextOf(deadline), { listen: ['/ip4/127.0.0.1/tcp/0'] })
    assert.deepEqual([config.listen, config.network, config.tuning.maxConnections, config.registry.mode], [['/ip4/127.0.0.1/tcp/0'], 'team', 50, 'p2p'])
  })
})
