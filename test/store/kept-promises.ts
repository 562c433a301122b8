import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf, type OpId, opIdOfHash, parseDigest } from '#core'
import { type BlobStore, type Catalogue, type TrustStore, WHOLE_SET } from '#store'
import { lockHome, openCatalogue, openDiskBlobs, openTrustStore } from '#store/disk'
import { assertSoundDatabase } from '#testing'
import { arrivingBytes } from './arriving-bytes.ts'

/** What the home of a writer holds. */
export interface Stores {
  readonly home: string
  readonly blobs: BlobStore
  readonly catalogue: Catalogue
  readonly trust: TrustStore
}

const CHECKS: Record<string, (stores: Stores, name: string) => Promise<void> | void> = {
  blob: async ({ blobs }, name) => {
    const digest = parseDigest(name)
    assert.equal(digestOf(Buffer.concat(await Array.fromAsync(blobs.stream(digest)))), digest)
  },
  part: async ({ blobs }, label) => {
    const bytes = arrivingBytes(label)
    if ((await blobs.size(digestOf(bytes))) !== undefined) return
    await using partial = await blobs.partial(digestOf(bytes), bytes.length)
    assert(partial.isResumed, `the partial blob ${label} was begun`)
    const first = await partial.read({ offset: 0, length: 20_000 })
    assert.equal(Buffer.compare(first, bytes.subarray(0, 20_000)), 0)
    await partial.confirm(0, first)
    await partial.write(20_000, [bytes.subarray(20_000)])
    await partial.seal()
  },
  intent: ({ trust }, name) => {
    const isKept = trust.intent(name as OpId) !== undefined || isOwn(trust, name)
    assert(isKept, `the intent ${name} was promised`)
  },
  own: ({ trust }, name) => assert(isOwn(trust, name), `the own op ${name} was promised`),
  op: ({ catalogue }, name) => assert.equal(Buffer.from(catalogue.opBytes(name as OpId) ?? []).toString(), `envelope of ${name}`),
}

/** The kinds of promises. A line of the writer is `KIND NAME`, and many a line is no promise. */
export const KINDS: readonly string[] = Object.keys(CHECKS)

const isOwn = (trust: TrustStore, id: string): boolean => trust.ownOps().some((bytes) => Buffer.from(bytes).toString() === `envelope of ${id}`)

/** What holds after every crash, whatever was promised. */
const checkWhole = async ({ home, blobs, catalogue, trust }: Stores): Promise<void> => {
  const { ops } = catalogue.counts()
  const entries = catalogue.newestEntries(1000)
  const places = catalogue.placesIn(WHOLE_SET, ops + 1)
  assert.deepEqual(entries.map(({ op }) => op).sort(), places.map(({ hash }) => opIdOfHash(hash)).sort(), 'each op has its entry')
  for (const { digest } of entries) assert.notEqual(await blobs.size(digest), undefined, 'each op has its blob')
  for (const { state, id } of trust.intents()) assert.equal(isOwn(trust, id), state === 'signed', 'each signed intent has its op')
  assert.deepEqual(await readdir(join(home, 'blobs', 'tmp')), [])
}

/** Everything that the writer promised is there, and nothing that it left is broken. */
export const checkHome = async (home: string, promises: readonly string[]): Promise<void> => {
  {
    await using _lock = await lockHome(home)
    await using blobs = await openDiskBlobs(join(home, 'blobs'))
    using catalogue = openCatalogue(join(home, 'catalogue.db'))
    using trust = openTrustStore(join(home, 'trust.db'))
    assert.equal(catalogue.rebuilt, false)
    const stores = { home, blobs, catalogue, trust }
    for (const promise of promises) {
      const [what = '', name = ''] = promise.split(' ')
      await CHECKS[what]?.(stores, name)
    }
    await checkWhole(stores)
  }
  for (const name of ['catalogue.db', 'trust.db']) assertSoundDatabase(join(home, name))
}
