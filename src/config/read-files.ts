import { posix, win32 } from 'node:path'
import { GgenError, isGgenError } from '#core'
import type { ConfigFile, Environment, Files, JoinedNetwork } from './environment.ts'
import { invalid } from './kind.ts'
import type { Places } from './places.ts'
import { parseTicket } from './ticket.ts'

/** What the project around a folder says, found upwards. */
const findProject = async (folder: string, environment: Environment): Promise<ConfigFile | undefined> => {
  const path = environment.platform.os === 'win32' ? win32 : posix
  const file = await environment.readConfigFile(path.join(folder, 'ggen.toml'))
  const above = path.dirname(folder)
  return file !== undefined || above === folder ? file : await findProject(above, environment)
}

/** The private network that a home is in; `undefined`: none. Throws `config-invalid` for a file that holds no ticket, and `home-insecure`. */
export const readJoined = async ({ readSecretFile }: Environment, { networkPath }: Pick<Places, 'networkPath'>): Promise<JoinedNetwork | undefined> => {
  const bytes = await readSecretFile?.(networkPath)
  if (bytes === undefined) return undefined
  try {
    return { ...parseTicket(Buffer.from(bytes).toString('latin1')), path: networkPath }
  } catch (error) {
    if (!isGgenError(error, 'ticket-invalid')) throw error
    const hint = 'join again with the ticket of the network: ggen join TICKET --force'
    throw new GgenError('config-invalid', `${networkPath}: ${error.message}`, { cause: error, hint })
  }
}

/**
 * Every file that configures a command: `config.toml` with `p2p-config.toml` beside it, or the file `named` (an absolute path) in the place of both, and
 * `ggen.toml` of the project around the working folder, and the private network that the home is in. Throws `config-invalid` for what is no TOML or no
 * ticket, and when there is no file `named`; `home-insecure`.
 */
export const readFiles = async (environment: Environment, places: Places, named?: string): Promise<Files> => {
  const { dotGgen, platform } = environment
  const { configPath, olderConfigPath } = places
  const config = await environment.readConfigFile(named ?? configPath)
  if (named !== undefined && config === undefined) throw invalid(named, 'is not there')
  const older = named === undefined ? await environment.readConfigFile(olderConfigPath) : undefined
  const project = await findProject(platform.workingFolder, environment)
  const network = await readJoined(environment, places)
  return {
    dotGgen,
    ...(config !== undefined && { config }),
    ...(older !== undefined && { older }),
    ...(network !== undefined && { network }),
    ...(project !== undefined && project.path !== named && { project }),
  }
}
