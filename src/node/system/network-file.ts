import { basename, dirname } from 'node:path'
import { TEAM_LIMITS } from '#core'
import { type ErasableFile, openSecretFile } from '#store/disk'

/** The ticket of the private network that a home is in. Opens nothing yet. */
export const openNetworkFile = (path: string): ErasableFile => openSecretFile(dirname(path), basename(path), TEAM_LIMITS.ticketChars)

/** A secret of the configuration; `undefined` when there is none. Throws `home-insecure` when others could read it, `store-broken`. */
export const readSecretFile = (path: string): Promise<Uint8Array | undefined> => openNetworkFile(path).read()
