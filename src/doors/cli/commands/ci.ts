import { resolve } from 'node:path'
import { type GgenError, isGgenError, type ServedFrom, TEAM_LIMITS } from '#core'
import { type Flags, variable } from '#config'
import type { NpmServedReply } from '#doors/control'
import type { Context, Run } from './context.ts'
import { groupInstalls, type Install } from './group-installs.ts'
import { join } from './private-network.ts'
import { environmentFor } from './run-with.ts'
import { startNode } from './start-node.ts'
import { stopNode } from './stop-node.ts'
import type { NodeReady } from './world.ts'

export interface CiOptions {
  /** A ticket, or the path of a file that holds one; absent: `GGEN_TICKET`, if that is set. */
  readonly ticket?: string
  readonly flags: Flags
  readonly timeoutSeconds: number
  /** Prints lines for a shell. */
  readonly isExport: boolean
}

/** A node for one job. */
export interface CiStarted extends NodeReady {
  /** Where package managers ask it. */
  readonly url: string
  readonly upstreams: readonly string[]
  /** The private network that was entered. */
  readonly network?: string
  /** What the steps of the job need to be set, so that they ask the node. */
  readonly variables: Readonly<Record<string, string>>
}

/** How much came from where while a node ran. */
export interface CiStopped {
  /** `false`: none was running, as where it ended by itself. */
  readonly stopped: boolean
  readonly pid?: number
  readonly from: readonly { readonly from: ServedFrom; readonly archives: number; readonly bytes: number }[]
  readonly installs: readonly Install[]
}

const WHITELIST = 'YARN_UNSAFE_HTTP_WHITELIST'
/** What shells can set. A node of a job changes nothing, so nobody needs its token, which would stand in the log of the job. */
const IDENTIFIER = /^[A-Za-z_]\w*$/
const SECRET = /token$/i
/** How every ticket begins. */
const TICKET = /^ggen\d/

const ticketOf = async (given: string | undefined, { world, environment: { env, platform } }: Context): Promise<string | undefined> => {
  if (given === undefined || given === '-' || TICKET.test(given)) return given ?? variable(env, 'GGEN_TICKET')
  return Buffer.from(await world.readFile(resolve(platform.workingFolder, given), 2 * TEAM_LIMITS.ticketChars)).toString('latin1')
}

/** `ggen ci start`: enters the network of a ticket, and leaves a light node behind that publishes nothing. Throws what joining and starting throw. */
export const startCi = ({ ticket: given, flags, timeoutSeconds, isExport }: CiOptions): Run => async (context) => {
  const { client, deadline: { signal }, environment: { env }, places } = context
  const ticket = await ticketOf(given, context)
  const joined = ticket === undefined ? undefined : await join(ticket, { force: false })(context)
  const started = await startNode({ flags: { ...flags, light: true, publish: false }, detach: true, timeoutSeconds })(context)
  if (started?.kind !== 'ready') return started
  const { url, upstreams, token } = await client.npm(signal)
  const before = env[WHITELIST]
  const all = environmentFor({ url, token }, before === undefined ? {} : { [WHITELIST]: before })
  const variables = Object.fromEntries(Object.entries({ GGEN_HOME: places.home, ...all }).filter(([name]) => IDENTIFIER.test(name) && !SECRET.test(name)))
  const network = joined?.kind === 'joined' ? { network: joined.value.network } : {}
  return { kind: 'ci-started', value: { ...started.value, url, upstreams, ...network, variables }, isExport }
}

const NOTHING: NpmServedReply = { served: [] }
/** A node says how long it runs in whole seconds. */
const SECOND_MS = 1000

/** What was served since the node started; nothing where it has no door. */
const servedBy = async ({ client, deadline: { signal } }: Context): Promise<NpmServedReply> => {
  const { uptimeSeconds } = await client.status(signal)
  try {
    return await client.npmServed((uptimeSeconds + 1) * SECOND_MS, signal)
  } catch (error) {
    if (isGgenError(error, 'no-npm-door')) return NOTHING
    throw error
  }
}

const totalsOf = (served: NpmServedReply['served']): CiStopped['from'] =>
  Array.from(Map.groupBy(served, ({ from }) => from), ([from, some]) =>
    ({ from, archives: some.length, bytes: some.reduce((sum, { bytes }) => sum + bytes, 0) }))

const isGone = (error: unknown): error is GgenError => isGgenError(error, 'daemon-not-running')

/** `ggen ci stop`: stops the node, and tells how much came from where. One that ended by itself is no failure of the job. */
export const stopCi = (): Run => async (context) => {
  try {
    const { served } = await servedBy(context)
    const stopped = await stopNode()(context)
    const { pid } = stopped?.kind === 'stopped' ? stopped.value : {}
    return { kind: 'ci-stopped', value: { stopped: true, ...(pid !== undefined && { pid }), from: totalsOf(served), installs: groupInstalls(served) } }
  } catch (error) {
    if (!isGone(error)) throw error
    return { kind: 'ci-stopped', value: { stopped: false, from: [], installs: [] } }
  }
}
