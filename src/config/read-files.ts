import { posix, win32 } from 'node:path'
import type { ConfigFile, Environment, Files } from './environment.ts'
import { invalid } from './kind.ts'
import type { Places } from './places.ts'

/** What the project around a folder says, found upwards. */
const findProject = async (folder: string, environment: Environment): Promise<ConfigFile | undefined> => {
  const path = environment.platform.os === 'win32' ? win32 : posix
  const file = await environment.readConfigFile(path.join(folder, 'ggen.toml'))
  const above = path.dirname(folder)
  return file !== undefined || above === folder ? file : await findProject(above, environment)
}

/**
 * Every file that configures a command: `config.toml` with `p2p-config.toml` beside it, or the file `named` (an absolute path) in the place of both, and
 * `ggen.toml` of the project around the working folder. Throws `config-invalid` for what is no TOML, and when there is no file `named`.
 */
export const readFiles = async (environment: Environment, { configPath, olderConfigPath }: Places, named?: string): Promise<Files> => {
  const { dotGgen, platform } = environment
  const config = await environment.readConfigFile(named ?? configPath)
  if (named !== undefined && config === undefined) throw invalid(named, 'is not there')
  const older = named === undefined ? await environment.readConfigFile(olderConfigPath) : undefined
  const project = await findProject(platform.workingFolder, environment)
  return {
    dotGgen,
    ...(config !== undefined && { config }),
    ...(older !== undefined && { older }),
    ...(project !== undefined && project.path !== named && { project }),
  }
}
