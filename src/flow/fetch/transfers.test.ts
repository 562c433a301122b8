import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type GgenEvent, LIMITS, PieceSet, type TransferReport, type Urgency } from '#core'
import { until } from '#testing'
import { archiveOf, lies, never, type SceneArchive, store, TransferScene, waitsFor } from './transfer-scene.conformance.ts'
import { type TransferParts, Transfers } from './transfers.ts'

const MIB = LIMITS.pieceBytes
const small = archiveOf('small', 8000)
const large = archiveOf('large', 5 * MIB + 123)

const ofType = <T extends GgenEvent['type']>(events: readonly GgenEvent[], type: T): Extract<GgenEvent, { readonly type: T }>[] =>
  events.filter((event): event is Extract<GgenEvent, { readonly type: T }> => event.type === type)

/** Transfers in a scene, and how to want something of them. */
const open = (scene: TransferScene, parts: Partial<TransferParts> = {}) => {
  const transfers = new Transfers({ ...scene.parts, ...parts })
  const fetch = ({ artifact }: SceneArchive, signal = never, urgency: Urgency = 'interactive'): Promise<TransferReport> =>
    transfers.fetch(artifact, { urgency, signal })
  return { transfers, fetch, [Symbol.asyncDispose]: () => transfers[Symbol.asyncDispose]() }
}

test('a blob is fetched once and told about; the second time it is here', async () => {
  const scene = new TransferScene()
  await using node = open(scene)
  const holder = await scene.holder(small)
  await node.fetch(small)
  assert.deepEqual(scene.proven, [holder], 'whoever gave all of it is known to have it')
  const again = await node.fetch(small)
  assert.deepEqual(again, { sources: [], resumedBytes: 8000, wastedBytes: 0, durationMs: 0 })
  assert.equal(scene.requests.length, 1)
  assert.deepEqual(ofType(scene.events, 'blob-fetched').map(({ digest, peers }) => [digest, peers]), [[small.artifact.digest, 1]])
  await assert.rejects(node.fetch({ ...small, artifact: { ...small.artifact, sizeBytes: 7999 } }), { code: 'integrity' })
})

test('holders that fail are told and forgotten, and liars banned', async () => {
  const scene = new TransferScene()
  await using node = open(scene)
  const liar = await scene.holder(small, { mischief: lies(() => true) })
  await scene.holder(small)
  await node.fetch(small)
  assert.deepEqual([scene.banned, scene.dropped], [[liar], [[liar, 'forgotten']]])
  assert.deepEqual(ofType(scene.events, 'holder-failed').map(({ peer, code }) => [peer, code]), [[liar, 'integrity']])
})

test('it is measured who gave right bytes and who failed', async () => {
  const scene = new TransferScene()
  const scores: unknown[] = []
  const hear = { gave: (...measured: unknown[]) => scores.push(measured), failed: (peer: unknown) => scores.push(peer) }
  await using node = open(scene, { scores: hear })
  const liar = await scene.holder(small, { mischief: lies(() => true) })
  const holder = await scene.holder(small)
  const { sources } = await node.fetch(small)
  assert.deepEqual(scores, [liar, [holder, 8000, sources[0]?.bytesPerSecond]])
})

test('whoever gives a wrong piece of a part is dropped, not banned: a release that names a wrong list may have deceived it', async () => {
  const scene = new TransferScene()
  await using node = open(scene)
  const first = new PieceSet(6)
  first.add(0)
  const deceived = await scene.holder(large, { mischief: lies((piece) => piece === 0), pieces: first })
  const { promise, resolve } = Promise.withResolvers<void>()
  await scene.holder(large, { mischief: waitsFor(promise) })
  await store(scene.blobs, large.list)
  const fetching = node.fetch(large)
  await until('the wrong piece has come', () => scene.dropped.length > 0)
  resolve()
  await fetching
  assert.deepEqual([scene.banned, scene.dropped, await scene.has(large)], [[], [[deceived, 'forgotten']], true])
})

test('whoever leaves or stops while the list of pieces is awaited waits for no holder', async () => {
  const scene = new TransferScene()
  const node = open(scene)
  await scene.holder(large, { mischief: waitsFor(new Promise(() => {})) })
  const fetching = node.fetch(large)
  await until('list and pieces are asked for', () => scene.requests.length === 2)
  await Promise.all([node[Symbol.asyncDispose](), assert.rejects(fetching, { code: 'cancelled' })])
})

describe('several who want the same', () => {
  test('share one download; one that leaves does not end it', async () => {
    const scene = new TransferScene()
    await using node = open(scene)
    const { promise, resolve } = Promise.withResolvers<void>()
    await scene.holder(small, { mischief: waitsFor(promise) })
    const leaving = new AbortController()
    const [first, second, third] = [node.fetch(small, leaving.signal), node.fetch(small), node.fetch(small)]
    await until('it is asked for', () => scene.requests.length === 1)
    leaving.abort(new Error('enough'))
    await assert.rejects(first, /enough/)
    resolve()
    assert.equal(await second, await third)
    assert.equal(scene.requests.length, 1)
  })

  test('end it when the last one leaves; who comes then begins anew', async () => {
    const scene = new TransferScene()
    await using node = open(scene)
    const stop = new AbortController()
    const { promise, resolve } = Promise.withResolvers<void>()
    await scene.holder(small, { mischief: waitsFor(promise) })
    const both = [node.fetch(small, stop.signal), node.fetch(small, stop.signal)]
    await until('it is asked for', () => scene.requests.length === 1)
    stop.abort(new Error('enough'))
    for (const one of both) await assert.rejects(one, /enough/)
    const third = node.fetch(small)
    resolve()
    await third
    assert.deepEqual([scene.requests.length, await scene.has(small)], [2, true])
  })

  test('disposing ends every download as cancelled, and lets none begin', async () => {
    const scene = new TransferScene()
    const node = open(scene)
    await scene.holder(small, { mischief: waitsFor(new Promise(() => {})) })
    const fetching = node.fetch(small)
    await until('it is asked for', () => scene.requests.length === 1)
    await Promise.all([node[Symbol.asyncDispose](), assert.rejects(fetching, { code: 'cancelled' })])
    await assert.rejects(node.fetch(small), { code: 'cancelled' })
  })
})

test('small and large downloads run at the same time, each up to their number; who is waited for goes first', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const scene = new TransferScene()
  await using node = open(scene)
  const archives = Array.from({ length: LIMITS.smallTransfers + 3 }, (_, index) => archiveOf(`number ${index}`, 100 + index))
  for (const archive of archives) await scene.holder(archive, { mischief: waitsFor(promise) })
  await scene.holder(large)
  const waiting = archives.map((archive, index) => node.fetch(archive, never, index === archives.length - 1 ? 'interactive' : 'background'))
  await until('as many as may are asked for', () => scene.requests.length === 0.75 * LIMITS.smallTransfers + 1)
  assert.ok(scene.requests.some(({ digest }) => digest === archives.at(-1)?.artifact.digest))
  assert.ok(scene.requests.every(({ digest }) => digest !== archives[14]?.artifact.digest))
  await node.fetch(large, never, 'background')
  const joined = node.fetch(archives[14] ?? small)
  await until('it is asked for too', () => scene.requests.some(({ digest }) => digest === archives[14]?.artifact.digest))
  resolve()
  await Promise.all([...waiting, joined])
})

test('a download asks the pace after each chunk, as urgent as it is by then', async () => {
  const taken: [Urgency, number][] = []
  let release = (): void => undefined
  const pace = (urgency: Urgency) => (_peer: unknown, bytes: number): Promise<void> | undefined => {
    taken.push([urgency, bytes])
    return taken.length > 1 ? undefined : new Promise((resolve) => { release = resolve })
  }
  const scene = new TransferScene()
  await using node = open(scene, { pace })
  const middling = archiveOf('middling', 700_000)
  await scene.holder(middling, {
    mischief: async function* () {
      yield middling.content.subarray(0, 300_000)
      yield middling.content.subarray(300_000)
    },
  })
  const background = node.fetch(middling, never, 'background')
  await until('it waits', () => taken.length === 1)
  const urgent = node.fetch(middling)
  release()
  await Promise.all([background, urgent])
  assert.deepEqual(taken, [['background', 300_000], ['interactive', 400_000]])
})

test('progress is told at most four times a second, with rate, remaining time and sources', async () => {
  const scene = new TransferScene()
  await using node = open(scene)
  const steps = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
  await scene.holder(large, {
    mischief: async function* (chunks, { offset }) {
      let at = offset
      for await (const chunk of chunks) {
        if (offset + chunk.length > 0) await steps[Math.floor(at / MIB)]?.promise
        at += chunk.length
        yield chunk
      }
    },
    isUnlisted: true,
  })
  await store(scene.blobs, large.list)
  const fetching = node.fetch(large)
  for (const [index, { resolve }] of steps.entries()) {
    resolve()
    await until('a piece is here', () => (node.transfers.running(large.artifact.digest)?.pieces.size ?? 6) > index)
    for (let step = 0; step < 10; step++) {
      scene.clock.advance(100)
      await new Promise((done) => { setImmediate(done) })
    }
  }
  await scene.passing(fetching)
  const told = ofType(scene.events, 'transfer-progress')
  assert.ok(told.length >= 8 && told.length <= 20, `${told.length} times in five seconds`)
  assert.ok(told.every(({ receivedBytes }, index) => index === 0 || receivedBytes >= (told[index - 1]?.receivedBytes ?? 0)))
  const late = told.at(-1)
  assert.ok(late !== undefined && late.sources === 1 && late.bytesPerSecond > 0.5 * MIB && late.bytesPerSecond < 2 * MIB)
  assert.ok((late.remainingMs ?? 0) > 0)
})
