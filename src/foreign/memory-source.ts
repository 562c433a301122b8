import { type Digest, GgenError } from '#core'
import type { ForeignSource } from './foreign-source.ts'

/** An index and archives that are at hand, for tests. What is put there later is there from then on. */
export const memorySource = (home: string, index: () => Uint8Array | undefined, archives: ReadonlyMap<Digest, Uint8Array>): ForeignSource => ({
  home,
  shownAs: home,
  recall: async () => undefined,
  readIndex: async (signal) => {
    signal.throwIfAborted()
    const bytes = index()
    if (bytes === undefined) throw new GgenError('path-not-found', `there is no index at ${home}`)
    return { bytes, at: new URL('index.json', home) }
  },
  openArchive: async (name, { version, digest }, signal) => {
    signal.throwIfAborted()
    const bytes = digest === undefined ? undefined : archives.get(digest)
    if (bytes === undefined) throw new GgenError('blob-not-found', `there is no archive of ${name}@${version}`)
    return chunksOf(bytes)
  },
})

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
