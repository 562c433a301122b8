import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ErrorCode, GgenError, type GgenEvent, isGgenError, parseDigest, parseMultiaddr, parsePeerId } from '#core'
import type { Config, ConfigFile, Environment, Flags } from '#config'
import type { ControlClient, HealthReply } from '#doors/control'
import { createContext } from './context.ts'
import { Deadline } from './deadline.ts'
import type { Outcome } from './outcome.ts'
import { startNode } from './start-node.ts'
import type { NodeHooks, NodeReady, World } from './world.ts'

const PEER = parsePeerId(`12D3Koo${'W'.repeat(45)}`)
const PROGRESS: GgenEvent = {
  type: 'transfer-progress', digest: parseDigest(`sha256:${'0'.repeat(64)}`), receivedBytes: 1, sizeBytes: 2, bytesPerSecond: 3, sources: 1,
}
const READY: NodeReady = { peerId: PEER, addresses: [parseMultiaddr(`/ip4/127.0.0.1/tcp/1/p2p/${PEER}`)], home: '/h', pid: 3 }
const NOBODY = (): Promise<never> => Promise.reject(new GgenError('daemon-not-running', 'none'))

interface Trial {
  readonly flags?: Flags
  readonly file?: ConfigFile
  readonly interrupted?: AbortSignal
  readonly seconds?: number
  readonly health?: ControlClient['health']
  readonly start: (config: Config, hooks: NodeHooks) => Promise<void>
}

const started = async (trial: Trial): Promise<{ printed: readonly Outcome[]; said: readonly string[] }> => {
  const printed: Outcome[] = []
  const said: string[] = []
  const environment: Environment = {
    env: { GGEN_HOME: '/h', GGEN_NETWORK: 'from-env' }, dotGgen: false, readConfigFile: async (path) => (path === trial.file?.path ? trial.file : undefined),
    platform: { os: 'linux', userFolder: '/', tempFolder: '/tmp', workingFolder: '/', userId: 1 },
  }
  using deadline = new Deadline(trial.interrupted ?? new AbortController().signal, trial.seconds ?? 60)
  const world = { startNode: trial.start } as World
  const talk = { print: (outcome: Outcome) => void printed.push(outcome), show: () => undefined, say: (line: string) => void said.push(line) }
  const context = createContext(world, environment, { deadline, watchFetch: (_name, fetch) => fetch(), ...talk })
  const client = { ...context.client, health: trial.health ?? NOBODY }
  assert.equal(await startNode({ flags: trial.flags ?? {}, detach: false, timeoutSeconds: 60 })({ ...context, client }), undefined)
  return { printed, said }
}

const fails = (trial: Trial, code: ErrorCode): Promise<void> => assert.rejects(started(trial), (error) => isGgenError(error, code))

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve())
  })

describe('startNode', () => {
  it('starts a node with the configuration of all sources, and prints that it is ready and what happens, but no progress', async () => {
    let seen: Config | undefined
    const file = { path: '/h/config.toml', table: { p2p: { light: true }, location: { region: 'eu' } } }
    const start = async (config: Config, { onReady, onEvent }: NodeHooks): Promise<void> => {
      seen = config
      onReady(READY)
      onEvent(PROGRESS)
      onEvent({ type: 'sync-progress', peer: PEER, ops: 1, of: 2, opsPerSecond: 3 })
      onEvent({ type: 'peer-disconnected', peer: PEER })
    }
    const { printed, said } = await started({ flags: { listen: ['/ip4/127.0.0.1/tcp/0'] }, file, start })
    assert.deepEqual([seen?.listen, seen?.network, seen?.light, seen?.home], [['/ip4/127.0.0.1/tcp/0'], 'from-env', true, '/h'])
    assert.deepEqual(printed, [{ kind: 'ready', value: READY }, { kind: 'event', value: { type: 'peer-disconnected', peer: PEER } }])
    assert.match(said.join(), /^\/h\/config\.toml: location\.region has no effect/)
  })

  it('is done when a node that was ready is interrupted', async () => {
    const controller = new AbortController()
    const start = async (_config: Config, { onReady, signal }: NodeHooks): Promise<void> => {
      onReady(READY)
      controller.abort()
      await untilAborted(signal)
    }
    assert.equal((await started({ interrupted: controller.signal, start })).printed.length, 1)
  })

  it('is cancelled, or out of time, when the node was not ready', async () => {
    const start = async (_config: Config, { signal }: NodeHooks): Promise<void> => untilAborted(signal)
    await fails({ interrupted: AbortSignal.abort(), start }, 'cancelled')
    await fails({ seconds: 0.01, start }, 'timeout')
  })

  it('has all the time it wants once it is ready', async () => {
    const start = async (_config: Config, { onReady, signal }: NodeHooks): Promise<void> => {
      onReady(READY)
      const past = new Deadline(new AbortController().signal, 0.05)
      await untilAborted(past.signal)
      assert.equal(signal.aborted, false)
    }
    await started({ seconds: 0.01, start })
  })

  it('refuses wrong values and a second node before anything starts', async () => {
    const start = (): Promise<never> => assert.fail('too early')
    await fails({ flags: { network: 'No' }, start }, 'config-invalid')
    await fails({ file: { path: '/h/config.toml', table: { p2p: { enabled: false } } }, start }, 'config-invalid')
    await fails({ health: async () => ({}) as HealthReply, start }, 'daemon-already-running')
    await fails({ health: () => Promise.reject(new GgenError('denied', 'not yours')), start }, 'denied')
    await fails({ start: () => Promise.reject(new GgenError('port-in-use', 'taken')) }, 'port-in-use')
  })
})
