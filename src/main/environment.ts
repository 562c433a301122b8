import { lstatSync } from 'node:fs'
import { type Environment, readEnvironment } from '#config'

/** The environment of this process, with what of it is secret. Most homes hold no secret of the configuration, and do not pay for what reads one. */
export const environment = (): Environment => ({
  ...readEnvironment(),
  readSecretFile: async (path) =>
    lstatSync(path, { throwIfNoEntry: false }) === undefined ? undefined : await (await import('#node/system')).readSecretFile(path),
})
