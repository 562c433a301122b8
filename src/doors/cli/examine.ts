import type { Config } from '#config'
import { GgenError, isGgenError, LIMITS, toGgenError } from '#core'
import { checkClock } from './check-clock.ts'
import { checkConfig } from './check-config.ts'
import { checkDisk } from './check-disk.ts'
import { checkFiles } from './check-files.ts'
import { checkFreshness } from './check-freshness.ts'
import { checkIdentity, type IdentityFacts } from './check-identity.ts'
import { checkNode, type NodeFacts } from './check-node.ts'
import { checkPeers } from './check-peers.ts'
import { checkPorts, type PortFacts, wantedPorts } from './check-ports.ts'
import type { CheckRow } from './commands/check-row.ts'
import type { Context, Run } from './commands/context.ts'
import type { Listing, Machine } from './commands/machine.ts'
import { readConfig } from './commands/read-config.ts'

/** A node that says nothing for so long is one of the things to find out. */
const PATIENCE_MS = 5000
const IDENTITY = 'keys/identity.json'

/** `ggen doctor`: looks at everything that may be wrong, with and without a node; changes nothing, and throws only when it is interrupted. */
export const examine = (): Run => async (context) => ({ kind: 'examined', value: (await rowsOf(context)).map(inOrder) })

/** JSON is read by people, too. */
const inOrder = ({ check, state, finding, advice }: CheckRow): CheckRow => ({ check, state, finding, ...(advice !== undefined && { advice }) })

const rowsOf = async (context: Context): Promise<readonly CheckRow[]> => {
  const { world, environment, places } = context
  const machine = await world.openMachine()
  const { home } = places
  const config = await configOrError(context)
  const [node, listing, room] = await Promise.all([askNode(context), machine.list(home, LIMITS.examinedFiles), machine.room(home)])
  const identity = await identityFacts(context, listing)
  const running = node.state === 'running' ? node : undefined
  const ports = 'error' in config ? [] : await triedPorts(machine, config)
  const quotaBytes = 'error' in config ? undefined : (config.quotaBytes ?? Infinity)
  return [
    ...checkConfig(config),
    ...checkFiles({ home, userId: environment.platform.userId, listing }),
    ...checkIdentity(identity),
    ...checkClock({ now: machine.now(), listing, newestOpAt: running?.status.evidence.newestOpAt }),
    ...checkDisk({ home, room, listing, quotaBytes }),
    ...checkPorts({ wanted: ports, addresses: running?.health.addresses }),
    ...checkNode(node, world.version),
    ...checkPeers(running?.peers),
    ...checkFreshness(running?.status),
  ]
}

const configOrError = async (context: Context): Promise<Config | { readonly error: GgenError }> => {
  try {
    return await readConfig(context)
  } catch (error) {
    if (isGgenError(error)) return { error }
    throw error
  }
}

const askNode = async ({ client, deadline }: Context): Promise<NodeFacts> => {
  const patience = AbortSignal.timeout(PATIENCE_MS)
  const signal = AbortSignal.any([deadline.signal, patience])
  try {
    const [health, status, peers] = await Promise.all([client.health(signal), client.status(signal), client.peers(signal)])
    return { state: 'running', health, status, peers }
  } catch (error) {
    deadline.signal.throwIfAborted()
    if (isGgenError(error, 'daemon-not-running')) return { state: 'absent' }
    const hint = 'end its process and start it again; node.log in the home folder may say more'
    if (patience.aborted) return { state: 'broken', error: new GgenError('timeout', `the node says nothing for ${PATIENCE_MS / 1000} s`, { hint }) }
    return { state: 'broken', error: toGgenError(error) }
  }
}

/** A keystore makes its folder when it is opened: where nothing is, it stays closed. */
const identityFacts = async ({ world, places }: Context, listing: Listing | undefined): Promise<IdentityFacts> => {
  if (listing?.files.some(({ path }) => path === IDENTITY) !== true) return { state: 'absent' }
  try {
    const keystore = await world.openKeystore(places.home)
    const held = await keystore.read()
    return { state: 'held', identity: held.file.identity, protection: held.file.protection.kind, keys: keystore.describe(held) }
  } catch (error) {
    if (isGgenError(error)) return { state: 'broken', error }
    throw error
  }
}

/** One after the other: two tries of one port would be in each other's way. */
const triedPorts = async (machine: Machine, config: Config): Promise<PortFacts['wanted']> => {
  const tried: PortFacts['wanted'][number][] = []
  for (const port of wantedPorts(config)) tried.push({ ...port, state: await machine.tryPort(port) })
  return tried
}
