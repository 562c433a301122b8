import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { type Digest, digestOf, isGgenError, LIMITS, type PeerId, pieceCount, PieceSet } from '#core'
import { seeded } from '#testing'
import type { BlobRequest, BlobShelf, BlobSource, Carrier } from './blob-source.ts'

/** An asker whose source reaches one peer that gives what a shelf holds. */
export interface SourcePair extends AsyncDisposable {
  readonly source: BlobSource
  readonly peer: PeerId
}

/** Opens a pair around a shelf. */
export type OpenPair = (shelf: BlobShelf) => Promise<SourcePair>

const soon = (): AbortSignal => AbortSignal.timeout(20_000)
const ABSENT = digestOf(Buffer.from('nobody holds this'))
const CHUNK_BYTES = 200_000

interface Told {
  /** Bytes that were read from it. */
  given: number
  /** Reads that were given up or came to their end. */
  ended: number
}

/** Holds one blob, whole or the given pieces of it, and counts what is read. */
export const shelfOf = (content: Uint8Array, pieces?: PieceSet): BlobShelf & Told => {
  const digest = digestOf(content)
  const told: Told = { given: 0, ended: 0 }
  return Object.assign(told, {
    look: async (wanted: Digest) => (wanted === digest ? { sizeBytes: content.length, ...(pieces !== undefined && { pieces }) } : undefined),
    async *read(_digest: Digest, { offset, length }: { readonly offset: number; readonly length: number }, signal: AbortSignal) {
      try {
        for (let at = offset; at < offset + length; at += CHUNK_BYTES) {
          signal.throwIfAborted()
          const chunk = content.slice(at, Math.min(offset + length, at + CHUNK_BYTES))
          told.given += chunk.length
          yield chunk
        }
      } finally {
        told.ended += 1
      }
    },
  })
}

const contentOf = (sizeBytes: number): Uint8Array => seeded(`content of ${sizeBytes}`).bytes(sizeBytes)

/** A request for a range of `content`, all of it unless told otherwise. */
export const requestOf = (peer: PeerId, content: Uint8Array, change: Partial<BlobRequest> = {}): BlobRequest =>
  ({ peer, digest: digestOf(content), sizeBytes: content.length, offset: 0, length: content.length, ...change })

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const take = async ({ source }: SourcePair, request: BlobRequest, signal = soon()): Promise<Buffer> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of source.read(request, signal)) {
    assert.ok(chunk.length <= LIMITS.pieceBytes, 'a chunk has at most one MiB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** What every blob source must do. `carrier` is how its bytes travel. */
export const blobSourceConformance = (name: string, carrier: Carrier, open: OpenPair): void => {
  describe(`${name} is a blob source`, () => {
    givingConformance(carrier, open)
    refusingConformance(open)
    leavingConformance(open)
  })
}

const givingConformance = (carrier: Carrier, open: OpenPair): void => {
  it('gives whole blobs of all sizes, byte for byte', async () => {
    for (const sizeBytes of [1, 1000, LIMITS.pieceBytes, LIMITS.pieceBytes + 1, 5 * LIMITS.pieceBytes + 123]) {
      const content = contentOf(sizeBytes)
      await using pair = await open(shelfOf(content))
      assert.equal(pair.source.carrier(pair.peer), carrier)
      assert.equal(hashOf(await take(pair, requestOf(pair.peer, content))), hashOf(content))
    }
  })

  it('gives any range, also several side by side', async () => {
    const content = contentOf(3 * LIMITS.pieceBytes)
    await using pair = await open(shelfOf(content))
    const ranges = [[0, 1], [content.length - 1, 1], [LIMITS.pieceBytes - 5, 10], [1, 2 * LIMITS.pieceBytes + 7]] as const
    await Promise.all(
      ranges.map(async ([offset, length]) => {
        const bytes = await take(pair, requestOf(pair.peer, content, { offset, length }))
        assert.equal(hashOf(bytes), hashOf(content.subarray(offset, offset + length)))
      }),
    )
  })

  it('gives the right bytes also to readers that give back what they have read', async () => {
    const content = contentOf(5 * LIMITS.pieceBytes)
    await using pair = await open(shelfOf(content))
    const read = async (): Promise<string> => {
      const hash = createHash('sha256')
      for await (const chunk of pair.source.read(requestOf(pair.peer, content), soon())) {
        hash.update(chunk)
        pair.source.recycle?.(chunk)
      }
      return hash.digest('hex')
    }
    assert.deepEqual(await Promise.all([read(), read(), read()]), Array(3).fill(hashOf(content)))
  })

  it('gives the verified pieces of an unfinished blob, and no others', async () => {
    const content = contentOf(3 * LIMITS.pieceBytes + 5)
    const pieces = new PieceSet(pieceCount(content.length))
    for (const piece of [1, 3]) pieces.add(piece)
    await using pair = await open(shelfOf(content, pieces))
    for (const [offset, length] of [[LIMITS.pieceBytes, LIMITS.pieceBytes], [3 * LIMITS.pieceBytes, 5], [LIMITS.pieceBytes + 9, 10]] as const) {
      const bytes = await take(pair, requestOf(pair.peer, content, { offset, length }))
      assert.equal(hashOf(bytes), hashOf(content.subarray(offset, offset + length)))
    }
    for (const [offset, length] of [[0, 10], [LIMITS.pieceBytes - 1, 2], [LIMITS.pieceBytes, LIMITS.pieceBytes + 1]] as const) {
      await assert.rejects(take(pair, requestOf(pair.peer, content, { offset, length })), { code: 'blob-not-found' })
    }
  })
}

const refusingConformance = (open: OpenPair): void => {
  it('says blob-not-found for what is not held, and goes on serving', async () => {
    const content = contentOf(1000)
    await using pair = await open(shelfOf(content))
    await assert.rejects(take(pair, requestOf(pair.peer, content, { digest: ABSENT })), { code: 'blob-not-found' })
    assert.equal((await take(pair, requestOf(pair.peer, content))).length, 1000)
  })

  it('says frame-invalid when the blob has another size than was signed', async () => {
    const content = contentOf(1000)
    await using pair = await open(shelfOf(content))
    await assert.rejects(take(pair, requestOf(pair.peer, content, { sizeBytes: 999, length: 999 })), { code: 'frame-invalid' })
    await assert.rejects(take(pair, requestOf(pair.peer, content, { sizeBytes: 1001, length: 1001 })), { code: 'frame-invalid' })
  })

  it('fails with a code when the giver breaks off in the middle', async () => {
    const content = contentOf(3 * LIMITS.pieceBytes)
    const shelf = shelfOf(content)
    const broken: BlobShelf = {
      look: shelf.look,
      async *read(digest, { offset }, signal) {
        yield* shelf.read(digest, { offset, length: 10 }, signal)
        throw new Error('the disk broke')
      },
    }
    await using pair = await open(broken)
    const isCoded = (error: unknown): boolean => isGgenError(error, 'peer-unreachable') || isGgenError(error, 'frame-invalid')
    await assert.rejects(take(pair, requestOf(pair.peer, content)), isCoded)
  })
}

const leavingConformance = (open: OpenPair): void => {
  it('ends at once with the reason of the signal', async () => {
    const content = contentOf(8 * LIMITS.pieceBytes)
    await using pair = await open(shelfOf(content))
    await assert.rejects(take(pair, requestOf(pair.peer, content), AbortSignal.abort(new Error('before'))), /before/)
    const leaving = new AbortController()
    const reading = (async () => {
      for await (const _ of pair.source.read(requestOf(pair.peer, content), leaving.signal)) leaving.abort(new Error('enough'))
    })()
    await assert.rejects(reading, /enough/)
    assert.equal((await take(pair, requestOf(pair.peer, content, { length: 10 }))).length, 10, 'the pair still works')
  })

  it('holds back a giver whose reader does not read', async () => {
    const content = contentOf(24 * LIMITS.pieceBytes)
    const shelf = shelfOf(content)
    await using pair = await open(shelf)
    const iterator = pair.source.read(requestOf(pair.peer, content), soon())[Symbol.asyncIterator]()
    assert.equal((await iterator.next()).done, false)
    // As long as something is on its way the count goes on; once it stands still it must be far from the end.
    for (let before = -1; before !== shelf.given; ) {
      before = shelf.given
      await new Promise((resolve) => AbortSignal.timeout(150).addEventListener('abort', resolve, { once: true }))
    }
    assert.ok(shelf.given < 16 * LIMITS.pieceBytes, `${shelf.given} bytes were read ahead`)
    await iterator.return?.()
  })
}
