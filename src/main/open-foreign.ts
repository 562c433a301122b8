import { join } from 'node:path'
import type { ForeignSource, MirrorStore } from '#foreign'
import { mirrorId, openForeignSource, openMirror } from '#foreign/source'
import type { Keystore } from '#keystore'
import { openKeystore } from '#node/system'

/** The keys of a home folder, or those of one source that is mirrored from there, which have a folder of their own beside them. */
export const openKeystoreOf = (home: string, mirrored: string | undefined): Promise<Keystore> =>
  mirrored === undefined ? openKeystore(home) : openKeystore(home, join(home, 'keys', 'mirrors', mirrorId(mirrored)))

/** The index at an address, relative paths seen from the working folder. */
export const openForeign = (home: string, address: string): ForeignSource =>
  openForeignSource(address, { workingFolder: process.cwd(), memory: join(home, 'mirrors', 'indexes') })

/** What a home folder remembers of a source. */
export const openMirrorOf = (home: string, source: string): Promise<MirrorStore> => openMirror(join(home, 'mirrors', mirrorId(source)))
