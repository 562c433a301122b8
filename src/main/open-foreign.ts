import { join } from 'node:path'
import type { ForeignSource, MirrorStore } from '#foreign'
import { mirrorId, openForeignSource, openMirror } from '#foreign/source'

/** The index at an address, relative paths seen from the working folder. */
export const openForeign = (home: string, address: string): ForeignSource =>
  openForeignSource(address, { workingFolder: process.cwd(), memory: join(home, 'mirrors', 'indexes') })

/** What a home folder remembers of a source. */
export const openMirrorOf = (home: string, source: string): Promise<MirrorStore> => openMirror(join(home, 'mirrors', mirrorId(source)))
