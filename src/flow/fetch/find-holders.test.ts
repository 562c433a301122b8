import { LIMITS, PieceSet } from '#core'
import { until } from '#testing'
import { chunkListDigest, chunkListId, encodeChunkList, encodeHaveAnswer, type HeldBlob } from '#wire'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { digest, HaveScene, other, SOUGHT, turn, WHOLE } from './have-scene.conformance.ts'

const never = new AbortController().signal

const part = (...pieces: readonly number[]): HeldBlob => {
  const set = new PieceSet(4)
  for (const piece of pieces) set.add(piece)
  return { ...WHOLE, pieces: set }
}

describe('finding holders', () => {
  test('yields each connected holder the moment it says so', async () => {
    const scene = new HaveScene()
    const [mute, holder] = [scene.peer(WHOLE, { isMute: true }), scene.peer(WHOLE)]
    scene.peer(undefined)
    const { found } = scene.search()
    await until('the quick one is there', () => found.length > 0)
    assert.deepEqual(found, [{ peer: holder.self, ...WHOLE }])
    assert.equal(mute.asked, 1)
  })

  test('passes over whoever gave wrong bytes, connected or named by the DHT, and asks it again an hour later', async () => {
    const scene = new HaveScene()
    const [liar, honest] = [scene.peer(WHOLE), scene.peer(WHOLE)]
    const distant = scene.peer(WHOLE, { to: honest.network })
    await distant.network.provide(digest, never)
    for (const { self } of [liar, distant]) scene.finder.passOver(self)
    assert.deepEqual(await scene.all(), [honest.self])
    assert.deepEqual([liar.asked, distant.asked], [0, 0])
    scene.clock.advance(LIMITS.liarRestMs)
    assert.deepEqual(new Set(await scene.all({ digest: other, ...WHOLE })), new Set([liar.self, honest.self]))
  })

  test('asks the DHT at once when all connected peers said no', async () => {
    const scene = new HaveScene()
    const middle = scene.peer(undefined)
    const distant = scene.peer(WHOLE, { to: middle.network })
    await distant.network.provide(digest, never)
    const { found } = scene.search()
    await until('the distant one is there', () => found.length > 0)
    assert.deepEqual(found.map(({ peer }) => peer), [distant.self])
  })

  test('asks the DHT beside connected peers that are slower than usual, and still takes what they say', async () => {
    const scene = new HaveScene()
    const gate = Promise.withResolvers<void>()
    const slow = scene.hub.join()
    scene.hub.link(scene.reader.self, slow.self)
    slow.answer('/ggen/have/1', async () => {
      await gate.promise
      return encodeHaveAnswer({ held: [WHOLE], bulk: undefined })
    })
    const distant = scene.peer(WHOLE, { to: slow })
    await distant.network.provide(digest, never)
    const { found } = scene.search()
    await turn()
    scene.clock.advance(49)
    await turn()
    assert.equal(distant.asked, 0)
    scene.clock.advance(1)
    await until('the distant one is there', () => found.length === 1)
    gate.resolve()
    await until('the slow one is there', () => found.length === 2)
    assert.deepEqual(found.map(({ peer }) => peer), [distant.self, slow.self])
  })

  test('believes the DHT only as far as peers themselves say so, and asks nobody twice', async () => {
    const scene = new HaveScene()
    const [former, holder] = [scene.peer(undefined), scene.peer(WHOLE)]
    for (const { network } of [former, holder]) await network.provide(digest, never)
    const distant = scene.peer(undefined, { to: holder.network })
    await distant.network.provide(digest, never)
    assert.deepEqual(await scene.all(), [holder.self])
    assert.deepEqual([former, holder, distant].map(({ asked }) => asked), [1, 1, 1])
  })

  test('asks for a small blob first who had something last, then the others, and lets nobody else enclose it', async () => {
    const scene = new HaveScene()
    const small = { digest, sizeBytes: 9 }
    const peers = [scene.peer({ sizeBytes: 9 }), scene.peer(undefined), scene.peer(undefined)]
    await scene.all({ digest: other, sizeBytes: 9 })
    for (const peer of peers) peer.questions.length = 0
    assert.deepEqual(await scene.all(small), [peers[0]?.self])
    assert.deepEqual(peers.map(({ questions }) => questions), [[1], [0], [0]])
  })

  test('does not wait for who had something last when it is slower than usual', async () => {
    const scene = new HaveScene()
    const former = scene.peer({ sizeBytes: 9 })
    await scene.all({ digest: other, sizeBytes: 9 })
    former.isMute = true
    const quick = scene.peer({ sizeBytes: 9 })
    const { found } = scene.search(never, { digest, sizeBytes: 9 })
    await turn()
    assert.equal(quick.asked, 0)
    scene.clock.advance(50)
    await until('the other one is there', () => found.length === 1)
    assert.deepEqual(found.map(({ peer }) => peer), [quick.self])
  })

  test('does not let itself be kept waiting by one that claims another size', async () => {
    const scene = new HaveScene()
    const [liar, honest] = [scene.peer({ sizeBytes: 8 }), scene.peer({ sizeBytes: 9 })]
    await scene.all({ digest: other, sizeBytes: 8 })
    const { found } = scene.search(never, { digest, sizeBytes: 9 })
    await until('the honest one is there without any waiting', () => found.some(({ peer }) => peer === honest.self))
    assert.deepEqual(found.map(({ peer }) => peer), [liar.self, honest.self])
  })

  test('lets the chunk list of a large blob come with the answer', async () => {
    const scene = new HaveScene()
    const sought = { ...SOUGHT, chunks: chunkListId(encodeChunkList(Array.from({ length: 4 }, () => new Uint8Array(32)))) }
    const holder = scene.peer(WHOLE)
    await scene.finder.find(sought, never).next()
    assert.deepEqual([holder.asked, holder.questions, holder.digests], [1, [1], [chunkListDigest(sought.chunks), digest]])
  })

  test('takes who is known to have it all as it is, and asks it beside', async () => {
    const scene = new HaveScene()
    const known = scene.peer(WHOLE)
    await scene.finder.glance(digest, never)
    assert.deepEqual(scene.finder.holders.of(digest), [known.self])
    const first = await scene.finder.find(SOUGHT, never).next()
    assert.deepEqual(first, { done: false, value: { peer: known.self, ...WHOLE } })
    assert.deepEqual(await scene.all(), [known.self])
  })

  test('asks holders of a part again every second while the caller goes on, and tells when they have more', async () => {
    const scene = new HaveScene()
    const growing = scene.peer(part(1))
    const { found, over } = scene.search()
    await until('the part is there', () => found.length === 1)
    for (const [held, shown] of [[part(1), 1], [part(1, 2), 2], [WHOLE, 3]] as const) {
      growing.held = held
      const before = growing.asked
      scene.clock.advance(1000)
      await until('it is asked again', () => growing.asked > before)
      await turn()
      assert.equal(found.length, shown)
    }
    await over
    assert.deepEqual(found.map(({ pieces }) => pieces?.size), [1, 2, undefined])
    const { asked } = growing
    scene.clock.advance(10_000)
    await turn()
    assert.equal(growing.asked, asked, 'nobody is asked after the end')
  })

  test('lets go of a holder of a part that was removed, and ends', async () => {
    const scene = new HaveScene()
    const { self } = scene.peer(part(1))
    const { found, over } = scene.search()
    await until('the part is there', () => found.length === 1)
    scene.finder.holders.remove(digest, self)
    scene.clock.advance(1000)
    await over
  })

  test('ends when no part has grown for as long as a piece may take, so that nobody waits for ever', async () => {
    const scene = new HaveScene()
    const peer = scene.peer(part(1))
    const { found, over } = scene.search()
    for (let second = 0; second < 129 + 128; second++) {
      while (peer.asked <= second) await turn()
      await turn()
      if (second === 127) peer.held = part(1, 2)
      scene.clock.advance(1000)
    }
    await over
    assert.deepEqual([peer.asked, found.length], [129 + 128, 2])
  })

  test('goes on with a holder of a part that is silent now and then, and takes one for gone that stays silent', async () => {
    const scene = new HaveScene()
    const busy = scene.peer(part(1))
    const { found, over } = scene.search()
    await until('the part is there', () => found.length === 1)
    const again = async (isMute: boolean): Promise<void> => {
      const before = busy.asked
      busy.isMute = isMute
      scene.clock.advance(1000)
      await until('it is asked again', () => busy.asked > before)
      if (isMute) scene.clock.advance(LIMITS.haveTimeoutMs)
      await turn()
    }
    busy.held = part(1, 2)
    for (const isMute of [true, true, false]) await again(isMute)
    assert.deepEqual(found.map(({ pieces }) => pieces?.size), [1, 2])
    for (const isMute of [true, true, true]) await again(isMute)
    await over
    assert.deepEqual(scene.finder.holders.of(digest), [])
  })

  test('looks further at once when the only holder turns out to be none', async () => {
    const scene = new HaveScene()
    const liar = scene.peer(WHOLE)
    const honest = scene.peer(WHOLE, { to: liar.network })
    await honest.network.provide(digest, never)
    const { found, over } = scene.search()
    await until('the liar is there', () => found.length === 1)
    await turn()
    assert.equal(honest.asked, 0)
    scene.finder.holders.remove(digest, liar.self)
    await over
    assert.deepEqual(found.map(({ peer }) => peer), [liar.self, honest.self])
  })

  test('does not take a removed holder back within the same search, whatever it says', async () => {
    const scene = new HaveScene()
    const liar = scene.peer(WHOLE)
    await scene.finder.glance(digest, never)
    const search = scene.finder.find(SOUGHT, never)
    assert.equal((await search.next()).value?.peer, liar.self)
    scene.finder.holders.remove(digest, liar.self)
    assert.deepEqual(await search.next(), { done: true, value: undefined })
    assert.equal(liar.asked, 2, 'it said again that it has it')
  })

  test('throws the reason of its signal', async () => {
    const scene = new HaveScene()
    scene.peer(WHOLE, { isMute: true })
    const controller = new AbortController()
    const { over } = scene.search(controller.signal)
    await turn()
    controller.abort(new Error('enough'))
    await assert.rejects(over, /enough/)
    await assert.rejects(scene.search(AbortSignal.abort(new Error('before'))).over, /before/)
  })
})

test('a glance waits for nobody who is slow, and leaves when it is told to', async () => {
  const scene = new HaveScene()
  const quick = scene.peer(WHOLE)
  scene.peer(WHOLE, { isMute: true })
  let isOver = false
  const glance = scene.finder.glance(digest, never).then(() => (isOver = true))
  await until('the quick one is known', () => scene.finder.holders.of(digest).length === 1)
  assert.ok(!isOver)
  scene.clock.advance(250)
  await glance
  assert.deepEqual(scene.finder.holders.of(digest), [quick.self])
  await assert.rejects(scene.finder.glance(digest, AbortSignal.abort(new Error('enough'))), /enough/)
})
