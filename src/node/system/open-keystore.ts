import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LIMITS } from '#core'
import { Keystore } from '#keystore'
import { openKeyFiles } from '#store/disk'
import { systemKeyring } from './system-keyring.ts'
import { systemClock, systemRandom } from './system-clock.ts'

/** The keystore of a home folder, over files (in `keys`, unless they are elsewhere) and the keyring of the system. */
export const openKeystore = async (home: string, folder = join(home, 'keys')): Promise<Keystore> => {
  await mkdir(home, { recursive: true, mode: 0o700 })
  const { identity: files } = await openKeyFiles(folder)
  return new Keystore({ files, keyring: systemKeyring, random: systemRandom, clock: systemClock, workFactor: LIMITS.scryptWorkFactor })
}
