import { resolve } from 'node:path'
import { type ForeignSource, parseSourceAddress } from '#foreign'
import { fileAddress, folderSource } from './folder-source.ts'
import { openIndexMemory } from './index-memory.ts'
import { webSource } from './web-source.ts'

export interface SourcePlaces {
  /** Relative paths begin there. */
  readonly workingFolder: string
  /** What indexes said is remembered there. */
  readonly memory: string
}

/** The source at an address of the web, a `file:` address or a path. Asks nobody yet. Throws `usage`. */
export const openForeignSource = (address: string, { workingFolder, memory }: SourcePlaces): ForeignSource => {
  const url = parseSourceAddress(address, (path) => fileAddress(resolve(workingFolder, path)))
  return url.protocol === 'file:' ? folderSource(url) : webSource(url, openIndexMemory(memory))
}
