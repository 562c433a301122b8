import { type GgenError, isGgenError } from '#core'
import type { NpmReply } from '#doors/control'
import { type NpmName, scopeOf } from '#npm'
import { DOOR_LOCKFILES, type ThroughDoor, throughDoor } from '#npm/lockfiles'
import type { Context } from './context.ts'
import type { NearFile } from './world.ts'

type Door = Pick<NpmReply, 'url' | 'upstreams' | 'scopes'>

/** What stood in lock files in the place of the door's address, by their paths. */
export type AddressesBefore = ReadonlyMap<string, ThroughDoor['addresses']>

/** yarn 2 and later say nowhere where archives were. */
const isClassic = ({ path, text }: NearFile): boolean => path.endsWith('yarn.lock') && /^ {2}resolved "/m.test(text)

const IS_YARN = /^yarn(?:pkg)?(?:\.cmd)?$/i

/**
 * What yarn 1 asks where nobody says anything is another name of what npm asks then, and it alone knows that. Of everybody else, and of a yarn that does not
 * answer as yarn 1 does, there is none.
 */
const registryOfYarn = async ({ world, environment: { env }, deadline }: Context, command: string): Promise<readonly string[]> => {
  if (!IS_YARN.test(command)) return []
  const said = await world.askCommand(command, ['config', 'get', 'registry'], { env, signal: deadline.signal })
  const address = said === undefined ? null : URL.parse(said)
  return address === null || !/^https?:$/.test(address.protocol) ? [] : [address.href.replace(/\/?$/, '/')]
}

const registriesOf = ({ upstreams: [upstream = ''], scopes }: Door, others: readonly string[]) => (name: NpmName): readonly string[] => {
  const own = scopes.find(({ scope }) => scope === scopeOf(name))
  return own === undefined ? [upstream, ...others] : [own.upstream]
}

/** The command runs all the same: what could not be done is said beside it. */
const sayWhy = ({ say }: Context, path: string, error: GgenError): void =>
  say(`${path} names the registry, and could not be changed for this command: ${error.message}; archives come from the registry and not through the node`)

/**
 * yarn 1 and bun take archives from where their lock files say. For as long as a command runs, those of the project say the door where they said a registry
 * that is behind it; `makeLocksPortable` puts back what stood there, also what a command left that was killed.
 */
export const leadLocksToDoor = async (context: Context, door: Door, command: string): Promise<AddressesBefore> => {
  const before = new Map<string, ThroughDoor['addresses']>()
  const files = await context.world.nearestFiles(context.environment.platform.workingFolder, DOOR_LOCKFILES)
  const others = files.some(isClassic) ? await registryOfYarn(context, command) : []
  for (const { path, text, replace } of files) {
    const lockfile = { fileName: path, text, door: door.url, registriesOf: registriesOf(door, others) }
    const led = throughDoor(lockfile, [...door.upstreams, ...others])
    if (led.addresses.size === 0) continue
    try {
      await replace(led.text)
      before.set(path, led.addresses)
    } catch (error) {
      if (!isGgenError(error)) throw error
      sayWhy(context, path, error)
    }
  }
  return before
}
