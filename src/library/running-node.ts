import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Environment, readEnvironment, VERSION } from '#config'
import { type Events, GgenError } from '#core'
import type { OpenNode } from '#node'
import type { NodePlan } from './node-plan.ts'
import { homeOf, keysFolderOf, nodeConfig, type P2PConfig } from './p2p-config.ts'

const ownEnvironment = (): Environment => ({
  ...readEnvironment(),
  readSecretFile: async (path) => (await import('#node/system')).readSecretFile(path),
})

/** Reads a configuration and, where no home folder is asked for, makes one. Throws `address-invalid`, `config-invalid`. */
export const planNode = async (asked: P2PConfig, environment: Environment = ownEnvironment()): Promise<NodePlan> => {
  const wanted = homeOf(asked, environment)
  const home = wanted ?? (await mkdtemp(join(tmpdir(), 'ggen-node-')))
  try {
    return { config: await nodeConfig(asked, home, environment), keysFolder: keysFolderOf(asked, home), isFleeting: wanted === undefined }
  } catch (error) {
    if (wanted === undefined) await rm(home, { recursive: true, force: true })
    throw error
  }
}

export interface RunOptions {
  readonly events: Events
  readonly signal: AbortSignal
  /** Opens the control socket as well; called when somebody asks the node to stop. */
  readonly stop?: () => void
}

/** Starts the node of a plan. Throws what `openNode` and `serveControl` throw. */
export const runPlanned = async ({ config, keysFolder }: NodePlan, { events, signal, stop }: RunOptions): Promise<OpenNode> => {
  // Loading a network stack takes half a second: only programs that run a node pay for it.
  const { openNode } = await import('#node')
  await using opened = new AsyncDisposableStack()
  const node = opened.use(await openNode(config, { events, signal, keysFolder }))
  if (stop !== undefined) {
    const { serveControl } = await import('#doors/daemon')
    opened.use(await serveControl({ ...node, events, settings: config.settings, socketPath: config.socketPath, version: VERSION, stop, signal }))
  }
  const running = opened.move()
  return { ...node, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** Ends every call to a registry that was disposed. */
export const closedError = (): GgenError => new GgenError('cancelled', 'the registry is closed', { hint: 'make another one' })
