import { type Config, type Flags, readFiles, toConfig } from '#config'
import type { Context } from './context.ts'

/** The configuration of this command line. Throws `config-invalid` or `address-invalid` that name where the wrong value stands. */
export const readConfig = async ({ environment, places }: Context, flags: Flags = {}): Promise<Config> => {
  const { env, platform } = environment
  return toConfig({ flags, env, platform, files: await readFiles(environment, places, flags.config) })
}
