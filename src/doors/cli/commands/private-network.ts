import { randomBytes } from 'node:crypto'
import {
  type JoinedNetwork, parseTicket, type PrivateNetwork, PUBLIC_NETWORK, readFiles, readJoined, toConfig, variable, writeTicket,
} from '#config'
import { GgenError, type IdentityId, isGgenError, type Multiaddr, TEAM_LIMITS } from '#core'
import type { Context, Run } from './context.ts'
import { readConfig } from './read-config.ts'

const KEY_BYTES = 32
const NAME = /^[a-z0-9-]{1,32}$/
const LOOPBACK = /^\/(?:ip4\/127\.|ip6\/::1\/)/

const bytesOf = (network: PrivateNetwork): Uint8Array => Buffer.from(`${writeTicket(network)}\n`)

/** What is said of a private network: everything but its key. */
export interface NetworkReply {
  readonly network: string
  /** Nodes that are connected to first. */
  readonly bootstrap: readonly Multiaddr[]
  /** Publishers that are followed when the node is started. */
  readonly follow: readonly IdentityId[]
  /** A node runs that was started before, and is still where it was. */
  readonly restart: boolean
}

/** A ticket, which lets in whoever has it. */
export interface InvitedReply extends NetworkReply {
  readonly ticket: string
  /** The network was made just now. */
  readonly made: boolean
}

export interface JoinedReply extends NetworkReply {
  /** The private network that the home was in. */
  readonly left?: string
}

/** `left`: absent where the file that said it was damaged. */
export interface LeftReply extends Pick<NetworkReply, 'restart'> {
  readonly left?: string
}

/** Where the running node listens; nothing where none runs. */
const addressesOfNode = async ({ client, deadline }: Context): Promise<readonly Multiaddr[] | undefined> => {
  try {
    return (await client.health(deadline.signal)).addresses
  } catch (error) {
    if (isGgenError(error, 'daemon-not-running')) return undefined
    throw error
  }
}

/** What the running node calls its network. */
const networkOfNode = async ({ client, deadline }: Context): Promise<unknown> =>
  (await client.settings(deadline.signal)).settings.find(({ key }) => key === 'p2p.network')?.value

/** Addresses of this machine are of use to nobody else, unless there are no others. */
const reachable = (addresses: readonly Multiaddr[]): readonly Multiaddr[] => {
  const others = addresses.filter((address) => !LOOPBACK.test(address))
  return others.length === 0 ? addresses : others
}

/** Throws `config-invalid` when something that is configured names another network. */
const assertFits = async ({ environment, places }: Context, network: PrivateNetwork): Promise<void> => {
  const { env, platform } = environment
  const files = await readFiles({ ...environment, readSecretFile: async () => undefined }, places)
  toConfig({ flags: {}, env, platform, files: { ...files, network: { ...network, path: places.networkPath } } })
}

const nameFor = (wanted: string | undefined, configured: string): string => {
  const name = wanted ?? (configured === PUBLIC_NETWORK ? `team-${randomBytes(4).toString('hex')}` : configured)
  if (NAME.test(name) && name !== PUBLIC_NETWORK) return name
  const hint = `a network name has 1 to 32 of a-z, 0-9 and hyphen, and is not ${PUBLIC_NETWORK}, which everybody is in`
  throw new GgenError('usage', `not the name of a private network: ${JSON.stringify(name.slice(0, 64))}`, { hint })
}

/**
 * `ggen invite`: the ticket to the private network that this home is in. A home that is in none makes one first: the public one needs no ticket. Throws
 * `other-network` when the home is in another than is asked for, `usage`, `config-invalid`, `home-insecure`.
 */
export const invite =
  ({ network: wanted, follow }: { readonly network?: string; readonly follow: readonly IdentityId[] }): Run =>
  async (context) => {
    const { world, places } = context
    const config = await readConfig(context)
    const { joined } = config
    if (joined !== undefined && wanted !== undefined && wanted !== joined.name) {
      throw new GgenError('other-network', `this home is in the private network ${joined.name}`, { hint: 'leave it first with: ggen leave' })
    }
    const network = joined ?? { name: nameFor(wanted, config.network), key: Uint8Array.from(randomBytes(KEY_BYTES)), bootstrap: [], follow: [] }
    if (joined === undefined) {
      await assertFits(context, network)
      await (await world.openNetworkFile(places.networkPath)).create(bytesOf(network))
    }
    const addresses = await addressesOfNode(context)
    const bootstrap = [...new Set([...reachable(addresses ?? []), ...config.bootstrap])].slice(0, TEAM_LIMITS.ticketAddresses)
    const restart = addresses !== undefined && (joined === undefined || (await networkOfNode(context)) !== network.name)
    const ticket = writeTicket({ ...network, bootstrap, follow })
    return { kind: 'invited', value: { network: network.name, bootstrap, follow, restart, made: joined === undefined, ticket } }
  }

const typedOrPiped = async (typed: string | undefined, { world, environment }: Context): Promise<string> => {
  if (typed !== undefined && typed !== '-') return typed
  const told = typed === undefined ? variable(environment.env, 'GGEN_TICKET') : undefined
  if (told !== undefined) return told
  if (typed === undefined) throw new GgenError('usage', 'no ticket is given', { hint: 'ggen join TICKET, ggen join - for what is piped, or GGEN_TICKET' })
  let text = ''
  for await (const chunk of world.stdin()) {
    text += Buffer.from(chunk).toString('latin1')
    if (text.length > 2 * TEAM_LIMITS.ticketChars) break
  }
  return text
}

const isSame = (one: PrivateNetwork, other: PrivateNetwork): boolean => one.name === other.name && Buffer.compare(one.key, other.key) === 0

/** The network that the home is in; a damaged file is none for whoever joins by force. */
const joinedBefore = async ({ environment, places }: Context, force: boolean): Promise<JoinedNetwork | undefined> => {
  try {
    return await readJoined(environment, places)
  } catch (error) {
    if (force && isGgenError(error, 'config-invalid')) return undefined
    throw error
  }
}

/**
 * `ggen join`: puts this home into the private network of a ticket. Joining once more takes what the newer ticket says. Throws `ticket-invalid`, `usage`,
 * `other-network` without `force`, `config-invalid` when something that is configured names another network, `home-insecure`.
 */
export const join =
  (typed: string | undefined, { force }: { readonly force: boolean }): Run =>
  async (context) => {
    const network = parseTicket(await typedOrPiped(typed, context))
    const before = await joinedBefore(context, force)
    if (before !== undefined && !isSame(before, network) && !force) {
      throw new GgenError('other-network', `this home is in the private network ${before.name} already`)
    }
    await assertFits(context, network)
    const file = await context.world.openNetworkFile(context.places.networkPath)
    const held = await file.read()
    await (held === undefined ? file.create(bytesOf(network)) : file.replace(held, bytesOf(network)))
    const restart = (await addressesOfNode(context)) !== undefined
    const { name, bootstrap, follow } = network
    const left = before === undefined || isSame(before, network) ? {} : { left: before.name }
    return { kind: 'joined', value: { network: name, bootstrap, follow, restart, ...left } }
  }

/** `ggen leave`: back to the networks that anybody may join. What was known and held in the private one stays where it is. Throws `no-network`. */
export const leave = (): Run => async (context) => {
  const file = await context.world.openNetworkFile(context.places.networkPath)
  const held = await file.read()
  if (held === undefined) throw new GgenError('no-network', 'this home is in no private network')
  const { joined } = await readConfig(context).catch((error: unknown) => {
    // A damaged file names nothing, and is left all the same.
    if (isGgenError(error, 'config-invalid')) return { joined: undefined }
    throw error
  })
  await file.erase(held)
  const restart = (await addressesOfNode(context)) !== undefined
  return { kind: 'left', value: { ...(joined !== undefined && { left: joined.name }), restart } }
}
