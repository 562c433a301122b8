import { GgenError, isGgenError } from '#core'
import type { Variables } from '#config'
import type { NpmReply } from '#doors/control'
import type { Context, Run } from './context.ts'

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

/** Where there is nobody to ask, the command runs as if it had been typed alone. */
const doorOf = async ({ client, deadline, say }: Context): Promise<NpmReply | undefined> => {
  try {
    return await client.npm(deadline.signal)
  } catch (error) {
    if (!isGgenError(error, 'daemon-not-running') && !isGgenError(error, 'no-npm-door')) throw error
    say(`${error.message}: the command runs without it`)
    return undefined
  }
}

/** `ggen with COMMAND`: runs it with this node as its registry. */
export const runWith = ([command, ...args]: readonly string[]): Run => async (context) => {
  const { world, environment, deadline } = context
  if (command === undefined) throw new GgenError('usage', 'what shall be run?', { hint: 'ggen with npm ci' })
  const door = await doorOf(context)
  const env = door === undefined ? environment.env : environmentFor(door, environment.env)
  deadline.lift()
  return { kind: 'ran', value: { command, exitCode: await world.runCommand(command, args, env) } }
}
