import { join } from 'node:path'
import { Keystore, memoryIdentityFiles, memoryOsKeyring } from '#keystore'
import { openKeyFiles } from '#store/disk'
import { TestClock } from './clock.ts'
import { seeded } from './publisher.ts'

/** A guess of a passphrase costs nothing worth waiting for. */
const LIGHT_WORK = 8

/** The keys of a machine that lasts as long as the test, the same in every run. */
export const memoryKeystore = (seed: string, path?: string): Keystore =>
  new Keystore({ files: memoryIdentityFiles(path), keyring: memoryOsKeyring(), clock: new TestClock(), random: seeded(seed), workFactor: LIGHT_WORK })

/** The keys in a real home folder, where the keyring of the system does not protect them. */
export const keystoreOf = async (home: string): Promise<Keystore> => {
  const { identity: files } = await openKeyFiles(join(home, 'keys'))
  return new Keystore({ files, keyring: memoryOsKeyring(), clock: new TestClock(), random: seeded(home), workFactor: LIGHT_WORK })
}
