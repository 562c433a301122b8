import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { BlobRequest, BlobSource } from '#bulk'
import { GgenError, LIMITS, type PeerId } from '#core'
import { decodeChunkList } from '#wire'
import { TestClock, until } from '#testing'
import { Download, type DownloadParts, type PieceCheck } from './download.ts'
import { HolderFeed } from './holder-feed.ts'
import type { AssembledPiece } from './piece-assembly.ts'
import { setOf } from './schedule-simulator.conformance.ts'
import { archiveOf, never } from './transfer-scene.conformance.ts'

const MIB = LIMITS.pieceBytes
const { content, list, artifact } = archiveOf('download', 12 * MIB + 3)
const hashes = decodeChunkList(list, content.length)
const check: PieceCheck = (piece, sha256) => hashes.matches(piece, sha256)

type Read = (request: BlobRequest, signal: AbortSignal) => AsyncIterable<Uint8Array>

async function* honest({ offset, length }: BlobRequest): AsyncGenerator<Uint8Array> {
  for (let at = offset; at < offset + length; at += 100_000) yield content.subarray(at, Math.min(at + 100_000, offset + length))
}

const aborted = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await new Promise((resolve) => { signal.addEventListener('abort', resolve, { once: true }) })
}

/** A download from peers that read as they are told, and what was kept. */
const scene = async (reads: Readonly<Record<string, Read>>, parts: Partial<DownloadParts> = {}) => {
  const kept: AssembledPiece[] = []
  const requests: BlobRequest[] = []
  const source: BlobSource = {
    carrier: () => 'memory',
    read: (request, signal) => {
      requests.push(request)
      return (reads[request.peer] ?? honest)(request, signal)
    },
  }
  const holders = new HolderFeed()
  await holders.run((async function* () { for (const peer of Object.keys(reads)) yield { peer: peer as PeerId, sizeBytes: content.length } })())
  const clock = new TestClock()
  const keep = async (piece: AssembledPiece): Promise<void> => void kept.push(piece)
  const download = new Download({ source, clock, holders, check: Promise.resolve(check), keep, ...parts }, artifact)
  return { download, kept, requests, clock, run: () => download.run(never) }
}

describe('a download', () => {
  test('keeps every piece once, with the buffers it came in', async () => {
    const { download, kept, run } = await scene({ ada: honest, bob: honest })
    await run()
    await download[Symbol.asyncDispose]()
    assert.deepEqual(kept.map(({ piece }) => piece).toSorted((a, b) => a - b), Array.from({ length: 13 }, (_, piece) => piece))
    assert.ok(kept.every(({ chunks }) => chunks.every(({ buffer }) => buffer === content.buffer)))
    assert.deepEqual([download.receivedBytes, download.sources], [content.length, 0])
    // Of what one takes over from the other, the rest of a chunk may have been under way.
    assert.ok(download.wastedBytes < 100_000, `${download.wastedBytes} bytes`)
  })

  test('too few bytes are the fault of the peer; what it gives beyond is left unread', async () => {
    const dropped: string[] = []
    const few: Read = (request) => honest({ ...request, length: request.length - 1 })
    const first = await scene({ ada: few }, { onDropped: (peer, code) => dropped.push(`${peer} ${code}`) })
    await assert.rejects(first.run(), { code: 'no-holder' })
    await first.download[Symbol.asyncDispose]()
    assert.deepEqual(dropped, ['ada frame-invalid'])
    const endless: Read = async function* ({ offset, length }) {
      yield content.subarray(offset, offset + length)
      for (;;) yield content.subarray(0, 1000)
    }
    const second = await scene({ ada: endless })
    await second.run()
    await second.download[Symbol.asyncDispose]()
    assert.equal(second.kept.length, 13)
    assert.ok(second.download.wastedBytes <= 1000 * second.requests.length)
  })

  test('a disk that is slow makes the senders wait: no more than some pieces are in memory', async () => {
    const writes: (() => void)[] = []
    let most = 0
    let under = 0
    const { download, kept, run } = await scene({ ada: honest }, {
      keep: async (piece) => {
        kept.push(piece)
        most = Math.max(most, (under += 1))
        await new Promise<void>((resolve) => { writes.push(resolve) })
        under -= 1
      },
    })
    const running = run()
    await until('it waits for the disk', () => writes.length >= 2)
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => { setImmediate(resolve) })
    assert.ok(most <= 2 + 2, `${most} pieces at once`)
    const done = Promise.allSettled([running]).then(() => 'done')
    await until('all is written', async () => {
      for (const write of writes.splice(0)) write()
      return (await Promise.race([done, new Promise((resolve) => { setImmediate(resolve) })])) === 'done'
    })
    await running
    await download[Symbol.asyncDispose]()
    assert.equal(kept.length, 13)
  })

  test('pieces that come before what they are checked by wait for it', async () => {
    const late = Promise.withResolvers<PieceCheck>()
    const { download, kept, requests, run } = await scene({ ada: honest }, { check: late.promise })
    const running = run()
    await until('it has asked', () => requests.length > 0)
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => { setImmediate(resolve) })
    assert.deepEqual(kept, [])
    late.resolve(check)
    await running
    await download[Symbol.asyncDispose]()
    assert.equal(kept.length, 13)
  })

  test('a piece that came from two is kept once', async () => {
    const [late, gone] = [Promise.withResolvers<PieceCheck>(), Promise.withResolvers<void>()]
    const holders = new HolderFeed()
    void holders.run((async function* () {
      yield { peer: 'ada' as PeerId, sizeBytes: content.length, pieces: setOf(13, [0, 2]) }
      await gone.promise
      yield { peer: 'bob' as PeerId, sizeBytes: content.length }
    })())
    const onceOnly: Read = async function* (request) {
      if (request.offset === 0) return yield content.subarray(0, MIB)
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => { setImmediate(resolve) })
      throw new GgenError('denied', 'once only')
    }
    const { download, kept, requests, run } = await scene({ ada: onceOnly, bob: honest }, { holders, check: late.promise, onDropped: () => gone.resolve() })
    const running = run()
    await until('both were asked for the first piece', () => requests.filter(({ offset }) => offset === 0).length === 2)
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => { setImmediate(resolve) })
    late.resolve(check)
    await running
    await download[Symbol.asyncDispose]()
    assert.equal(kept.length, 13)
    assert.ok(download.wastedBytes >= MIB && download.wastedBytes < MIB + 100_000, `${download.wastedBytes} bytes`)
  })

  test('when what they are checked by cannot be had, or keeping fails, it fails so and everything ends', async () => {
    const failure = new GgenError('store-broken', 'the disk is gone')
    for (const parts of [{ check: Promise.reject<PieceCheck>(failure) }, { keep: () => Promise.reject(failure) }] satisfies Partial<DownloadParts>[]) {
      parts.check?.catch(() => undefined)
      const ended: boolean[] = []
      const { download, run } = await scene({
        ada: async function* (request, signal) {
          yield* honest(request)
          await aborted(signal)
          ended.push(signal.aborted)
          throw signal.reason
        },
      }, parts)
      await assert.rejects(run(), failure)
      await download[Symbol.asyncDispose]()
      assert.ok(ended.every(Boolean))
    }
  })

  test('a bug of ours is not taken for a fault of the peer', async () => {
    const { download, run } = await scene({ ada: () => { throw new TypeError('x is not a function') } })
    await assert.rejects(run(), TypeError)
    await download[Symbol.asyncDispose]()
  })

  test('a request whose bytes have all come is left to end by itself, until the download is disposed', async () => {
    const cutOff: boolean[] = []
    const { download, requests, run } = await scene({
      ada: async function* (request, signal) {
        yield* honest(request)
        await new Promise((resolve) => { setImmediate(resolve) })
        cutOff.push(signal.aborted)
      },
    })
    await run()
    await until('all have ended', () => cutOff.length === requests.length)
    assert.ok(cutOff.every((was) => !was))
    await download[Symbol.asyncDispose]()
  })

  test('one that stalls is told as dropped, and the signal ends everything at once', async () => {
    const silent: Read = async function* (request, signal) {
      await aborted(signal)
      signal.throwIfAborted()
      yield* honest(request)
    }
    const dropped: string[] = []
    const { download, clock, run } = await scene({ ada: silent }, { onDropped: (_peer, code) => dropped.push(code) })
    const running = assert.rejects(run(), { code: 'no-holder', message: /next to nothing/ })
    for (let step = 0; step < 200 && dropped.length === 0; step++) {
      clock.advance(100)
      await new Promise((resolve) => { setImmediate(resolve) })
    }
    await running
    await download[Symbol.asyncDispose]()
    const second = await scene({ ada: silent })
    await assert.rejects(second.download.run(AbortSignal.abort(new Error('enough'))), /enough/)
    await second.download[Symbol.asyncDispose]()
  })
})
