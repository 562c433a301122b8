import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GgenError, isGgenError, parseMultiaddr } from '#core'
import type { Environment } from '#config'
import type { ControlClient } from '#doors/control'
import { memoryKeystore } from '#testing'
import type { CheckRow } from './commands/check-row.ts'
import { createContext } from './commands/context.ts'
import { Deadline } from './commands/deadline.ts'
import { examine } from './examine.ts'
import type { Machine } from './commands/machine.ts'
import type { World } from './commands/world.ts'

const NOW = 1_795_500_000_000
const ME = 1000

const machine: Machine = {
  now: () => NOW,
  list: async () => ({ isWhole: true, files: [{ path: '.', kind: 'folder', mode: 0o700, owner: ME, changedMs: NOW - 1, bytes: 4096 }] }),
  room: async () => ({ freeBytes: 50e9, totalBytes: 100e9 }),
  tryPort: async () => 'free',
}

const client: Partial<ControlClient> = {
  health: async () => ({ version: '1.0.0', pid: 7, addresses: [parseMultiaddr('/ip4/192.0.2.1/tcp/4001')] }) as never,
  status: async () => ({ evidence: { peers: 7, networks: 4, newestOpAt: NOW / 1000 - 60, newestOpAgeSeconds: 60, proven: true } }) as never,
  peers: async () => ['192.0.2.1', '198.51.100.1', '203.0.113.1'].map((host) => ({ address: parseMultiaddr(`/ip4/${host}/tcp/1`) })) as never,
}
const notRunning = async (): Promise<never> => { throw new GgenError('daemon-not-running', 'nobody') }

interface Trial {
  readonly machine?: Partial<Machine>
  readonly client?: Partial<ControlClient>
  readonly config?: Readonly<Record<string, unknown>>
  readonly openKeystore?: World['openKeystore']
  readonly interrupted?: AbortSignal
}

const examined = async (trial: Trial): Promise<readonly CheckRow[]> => {
  const environment: Environment = {
    env: { GGEN_HOME: '/h' }, dotGgen: false,
    readConfigFile: async (path) => (trial.config === undefined || path !== '/h/config.toml' ? undefined : { path, table: trial.config }),
    platform: { os: 'linux', userFolder: '/home/ada', tempFolder: '/tmp', workingFolder: '/', userId: ME },
  }
  const world = { version: '1.0.0', openKeystore: trial.openKeystore, openMachine: async () => ({ ...machine, ...trial.machine }) } as unknown as World
  using deadline = new Deadline(trial.interrupted ?? new AbortController().signal, 60)
  const silent = { print: () => undefined, say: () => undefined, show: () => undefined }
  const context = createContext(world, environment, { ...silent, deadline, watchFetch: (_name, fetch) => fetch() })
  const outcome = await examine()({ ...context, client: { ...client, ...trial.client } as ControlClient })
  assert.ok(outcome?.kind === 'examined')
  return outcome.value
}

const statesOf = async (trial: Trial): Promise<Readonly<Record<string, CheckRow['state']>>> =>
  Object.fromEntries((await examined(trial)).map(({ check, state }) => [check, state]))

test('with a node, everything that can be known is looked at', async () => {
  assert.deepEqual(await statesOf({ machine: { tryPort: async () => 'taken' } }), {
    config: 'ok', home: 'ok', keys: 'ok', files: 'ok', identity: 'ok', clock: 'ok', disk: 'ok', quota: 'ok', port: 'ok', 'bulk port': 'ok',
    node: 'ok', peers: 'ok', freshness: 'ok',
  })
})

test('without a node, the rest is looked at all the same', async () => {
  const states = await statesOf({ client: { health: notRunning, status: notRunning, peers: notRunning } })
  assert.deepEqual([states['node'], states['peers'], states['freshness'], states['port'], states['disk']], ['warn', 'unknown', 'unknown', 'ok', 'ok'])
})

test('each thing that is wrong shows in its own row, and none hides the others', async () => {
  const wrong = await statesOf({
    config: { p2p: { network: 'Not A Name' } },
    machine: { now: () => 0, room: async () => ({ freeBytes: 0, totalBytes: 1 }) },
    client: { health: async () => { throw new GgenError('denied', 'the socket belongs to another user') } },
  })
  for (const check of ['config', 'clock', 'disk', 'node']) assert.equal(wrong[check], 'fail', check)
  assert.equal(wrong['port'], undefined, 'nobody knows which ports are wanted')
})

test('ports of the configuration are tried one after the other', async () => {
  const tried: number[] = []
  let trying = 0
  const tryPort: Machine['tryPort'] = async ({ port }) => {
    assert.equal((trying += 1), 1)
    tried.push(port)
    await new Promise(setImmediate)
    trying -= 1
    return 'free'
  }
  await examined({ machine: { tryPort }, config: { p2p: { listen_addresses: ['/ip4/127.0.0.1/tcp/5001'], bulk_port: 5002 }, control: { port: 5003 } } })
  assert.deepEqual(tried, [5001, 5002, 5003])
})

test('an identity is opened only where there is one, and only so far as needs no passphrase', async () => {
  const keystore = memoryKeystore('ada')
  const asked: string[] = []
  const openKeystore: World['openKeystore'] = async (home) => (asked.push(home), keystore)
  assert.equal((await statesOf({ openKeystore }))['identity'], 'ok')
  assert.deepEqual(asked, [], 'it would make a folder')
  const file = { path: 'keys/identity.json', kind: 'file', mode: 0o600, owner: ME, changedMs: NOW - 1, bytes: 4096 } as const
  const list: Machine['list'] = async () => ({ isWhole: true, files: [file] })
  assert.equal((await statesOf({ openKeystore, machine: { list } }))['identity'], 'fail', 'it went away meanwhile')
  await keystore.create({ kind: 'none' })
  assert.equal((await statesOf({ openKeystore, machine: { list } }))['identity'], 'warn')
  assert.deepEqual(asked, ['/h', '/h'])
})

test('the user may interrupt it', async () => {
  const interrupted = AbortSignal.abort()
  const health: ControlClient['health'] = async (signal) => { throw signal.reason }
  await assert.rejects(examined({ interrupted, client: { health } }), (error) => isGgenError(error, 'cancelled'))
})
