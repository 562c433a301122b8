import { join } from 'node:path'
import type { Keystore } from '#keystore'
import { openKeystore } from '#node/system'

/** The keys of a home folder, or those of one source that is mirrored from there, which have a folder of their own beside them. */
export const openKeystoreOf = async (home: string, mirrored: string | undefined): Promise<Keystore> => {
  if (mirrored === undefined) return await openKeystore(home)
  // Whoever publishes waits for what is loaded; what reads indexes of others is only for those who import.
  const { mirrorId } = await import('#foreign/source')
  return await openKeystore(home, join(home, 'keys', 'mirrors', mirrorId(mirrored)))
}
