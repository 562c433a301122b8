import { join } from 'node:path'
import { GgenError, isGgenError } from '#core'
import type { Variables } from '#config'
import type { NpmReply } from '#doors/control'
import { otherRegistries, PROJECT_SETTINGS } from '#npm'
import type { Context, Run } from './context.ts'
import { leadLocksToDoor } from './lead-locks.ts'
import { makeLocksPortable } from './portable-locks.ts'

const WHITELIST = 'YARN_UNSAFE_HTTP_WHITELIST'
const THIS_MACHINE = '127.0.0.1'

/**
 * The environment in which npm, pnpm, yarn and bun ask the door: each has its own name for the registry, and only npm has to be told to stay with it. What
 * was there stays, apart from these. Pure.
 */
export const environmentFor = ({ url, token }: Pick<NpmReply, 'url' | 'token'>, env: Variables): Record<string, string> => {
  const before = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
  const names = new Set([before[WHITELIST], THIS_MACHINE].flatMap((text) => text?.split(',') ?? []).map((name) => name.trim()).filter((name) => name !== ''))
  return {
    ...before,
    npm_config_registry: url,
    npm_config_replace_registry_host: 'always',
    pnpm_config_registry: url,
    YARN_NPM_REGISTRY_SERVER: url,
    [WHITELIST]: [...names].join(','),
    BUN_CONFIG_REGISTRY: url,
    [`npm_config_${url.slice(url.indexOf('//'))}:_authToken`]: token,
    YARN_NPM_AUTH_TOKEN: token,
    BUN_CONFIG_TOKEN: token,
  }
}

/**
 * The node reads what npm is configured with for the user, and no file of a project: where one of those, or this terminal, names another registry, packages
 * would come from a place that was not meant.
 */
const registryElsewhere = async ({ world, environment: { env, platform } }: Context, { url, upstreams }: NpmReply): Promise<string | undefined> => {
  const { workingFolder, userFolder } = platform
  const [upstream] = upstreams
  if (upstream === undefined) return undefined
  const near = await world.nearestFiles(workingFolder, PROJECT_SETTINGS)
  const ofUser = await world.nearestFiles(userFolder, ['.yarnrc.yml', '.yarnrc', '.bunfig.toml'])
  const files = new Map([...near, ...ofUser].filter(({ path }) => path !== join(userFolder, '.npmrc')).map((file) => [file.path, file]))
  const [other] = otherRegistries([...files.values()], env, { upstream, door: url })
  return other && `${other.from} names the registry ${other.address}, and the node asks ${upstream}`
}

/** What keeps a node from being of use, and a command from nothing. */
const NO_DOOR: readonly string[] = ['daemon-not-running', 'no-npm-door', 'config-invalid']

/** Where there is nobody to ask, or somebody else is meant, the command runs as if it had been typed alone. */
const doorOf = async (context: Context): Promise<NpmReply | undefined> => {
  const { client, deadline, say } = context
  try {
    const door = await client.npm(deadline.signal)
    const why = await registryElsewhere(context, door)
    if (why === undefined) return door
    say(`${why}: the command runs without the node`)
    return undefined
  } catch (error) {
    if (!isGgenError(error) || !NO_DOOR.includes(error.code)) throw error
    say(`${error.message}: the command runs without it`)
    return undefined
  }
}

/** `ggen with COMMAND`: runs it with this node as its registry. */
export const runWith = ([command, ...args]: readonly string[]): Run => async (context) => {
  const { environment: { env }, deadline } = context
  if (command === undefined) throw new GgenError('usage', 'what shall be run?', { hint: 'ggen with npm ci' })
  const door = await doorOf(context)
  const before = door && (await leadLocksToDoor(context, door, command))
  deadline.lift()
  try {
    const exitCode = await run(context, { command, args, env: door === undefined ? env : environmentFor(door, env) })
    return { kind: 'ran', value: { command, exitCode } }
  } finally {
    if (door && before) await makeLocksPortable(context, door, before)
  }
}

/** As shells say it. */
const NOT_FOUND = 127

interface Started {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Variables
}

const run = async ({ world, say }: Context, { command, args, env }: Started): Promise<number> => {
  try {
    return await world.runCommand(command, args, env)
  } catch (error) {
    if (!isGgenError(error, 'path-not-found')) throw error
    say(`${error.message}: ${error.hint}`)
    return NOT_FOUND
  }
}
