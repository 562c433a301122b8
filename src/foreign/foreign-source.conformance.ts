import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Digest, digestOf, isGgenError, parsePackageName, parseVersion } from '#core'
import type { ForeignVersion } from './foreign-index.ts'
import type { ForeignSource } from './foreign-source.ts'
import { readIndex } from './read-index.ts'

export const ARCHIVE = Buffer.from('the bytes of an archive, as they are')
const NAME = parsePackageName('a-pack')
const VERSION = parseVersion('1.0.0')

/** The index of one package that `archive` is the archive of. */
export const indexOf = (archive: Uint8Array): Uint8Array => Buffer.from(JSON.stringify({
  schema: 'https://ggen.dev/marketplace/catalog/v2', marketplace_version: '1',
  packs: [{ name: NAME, version: VERSION, digest: digestOf(archive), size_bytes: archive.length, download_url: 'a-pack-1.0.0.tar.gz' }],
}))

/** A source that holds an index (none: there is no index), and the archives that go with it. Disposed by the suite. */
export type MakeSource = (
  index: Uint8Array | undefined, archives: ReadonlyMap<Digest, Uint8Array>,
) => Promise<{ readonly source: ForeignSource } & AsyncDisposable>

const bytesOf = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}

/** What every source of an index does. */
export const describeForeignSource = (name: string, make: MakeSource): void => {
  const never = new AbortController().signal
  const whole = new Map([[digestOf(ARCHIVE), ARCHIVE]])
  const versionOf = async (source: ForeignSource): Promise<ForeignVersion> => {
    const { bytes, at } = await source.readIndex(never)
    return readIndex(bytes, at).packages[0]?.versions[0] ?? assert.fail('no version')
  }

  describe(name, () => {
    it('gives the index as it lies there, with where that is, and the bytes of an archive as they are', async () => {
      await using made = await make(indexOf(ARCHIVE), whole)
      const { source } = made
      assert.deepEqual(Buffer.from((await source.readIndex(never)).bytes), indexOf(ARCHIVE))
      assert.deepEqual(await bytesOf(await source.openArchive(NAME, await versionOf(source), never)), ARCHIVE)
      assert.ok((await source.readIndex(never)).at.href.startsWith(source.home))
    })

    it('has no archive where there is none, and no index', async () => {
      await using made = await make(indexOf(ARCHIVE), new Map())
      const version = await versionOf(made.source)
      await assert.rejects(made.source.openArchive(NAME, version, never), (error) => isGgenError(error, 'blob-not-found'))
      await assert.rejects(made.source.openArchive(NAME, { version: VERSION }, never), (error) => isGgenError(error, 'blob-not-found'))
      await using empty = await make(undefined, whole)
      await assert.rejects(empty.source.readIndex(never), (error) => isGgenError(error, 'path-not-found'))
    })

    it('stops when nobody waits any more', async () => {
      await using made = await make(indexOf(ARCHIVE), whole)
      const gone = AbortSignal.abort(new Error('gone'))
      const version = await versionOf(made.source)
      const read = async (): Promise<unknown> => await bytesOf(await made.source.openArchive(NAME, version, gone))
      await assert.rejects(read(), /gone/)
    })
  })
}
