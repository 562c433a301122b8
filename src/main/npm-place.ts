import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { GgenError } from '#core'
import type { NpmConfiguration } from '#node'
import { outputOf } from './ask-command.ts'

const IS_WINDOWS = process.platform === 'win32'

/** What npm says of itself where no file and no variable says anything. */
const askNpm = async (): Promise<string> => {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_/i.test(name)))
  try {
    const [user, global] = ['user', 'global'].map((name) => join(homedir(), `.npmrc-of-no-${name}`)) as [string, string]
    return await outputOf('npm', ['config', 'get', 'registry', '--userconfig', user, '--globalconfig', global], { env, cwd: homedir() })
  } catch (cause) {
    throw new GgenError('config-invalid', 'no registry is configured, and npm is not there to say which one it asks', {
      cause, hint: 'name it in the .npmrc of your home folder: registry=https://…',
    })
  }
}

/** Names of settings in the environment come in any case. */
const variable = (name: string): string | undefined =>
  Object.entries(process.env).find(([key]) => key.toLowerCase() === `npm_config_${name}`)?.[1]

/** How npm is configured for the user of this program. */
export const npmPlace = (): NpmConfiguration => {
  const prefix = variable('prefix') ?? (IS_WINDOWS ? dirname(process.execPath) : dirname(dirname(process.execPath)))
  return {
    variables: process.env,
    userFile: variable('userconfig') ?? join(homedir(), '.npmrc'),
    globalFile: variable('globalconfig') ?? join(prefix, 'etc', 'npmrc'),
    usualRegistry: askNpm,
  }
}
