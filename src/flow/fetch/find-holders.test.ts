import { digestOf, LIMITS, type PeerId, PieceSet } from '#core'
import { type MemoryHub, memoryHub, type Network } from '#network'
import { TestClock, until } from '#testing'
import { encodeHaveAnswer, type HeldBlob } from '#wire'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Holder, HolderFinder } from './find-holders.ts'

const never = new AbortController().signal
const digest = digestOf(Buffer.from('some blob'))
const SIZE = 4 * LIMITS.pieceBytes
const WHOLE: HeldBlob = { sizeBytes: SIZE }

const part = (...pieces: readonly number[]): HeldBlob => {
  const set = new PieceSet(4)
  for (const piece of pieces) set.add(piece)
  return { sizeBytes: SIZE, pieces: set }
}

const turn = (): Promise<void> => new Promise(setImmediate)

interface Peer {
  readonly network: Network
  readonly self: PeerId
  /** What it holds now. */
  held: HeldBlob | undefined
  /** How often it was asked. */
  asked: number
  isMute: boolean
}

class Scene {
  readonly clock = new TestClock()
  readonly hub: MemoryHub = memoryHub({ clock: this.clock })
  readonly reader: Network = this.hub.join()
  readonly finder = new HolderFinder({ network: this.reader, clock: this.clock })

  peer(held: HeldBlob | undefined, { isLinked = true, isMute = false, to = this.reader } = {}): Peer {
    const network = this.hub.join()
    if (isLinked) this.hub.link(to.self, network.self)
    const peer: Peer = { network, self: network.self, held, asked: 0, isMute }
    network.answer('/ggen/have/1', async () => {
      peer.asked += 1
      if (peer.isMute) await new Promise(() => undefined)
      return encodeHaveAnswer({ held: [peer.held], bulk: undefined })
    })
    return peer
  }

  /** Reads a search to its end or until the test leaves it. */
  search(signal = never): { readonly found: Holder[]; readonly over: Promise<void> } {
    const found: Holder[] = []
    const read = async (): Promise<void> => {
      for await (const holder of this.finder.find(digest, signal)) found.push(holder)
    }
    return { found, over: read() }
  }

  async all(): Promise<readonly PeerId[]> {
    const { found, over } = this.search()
    await this.#untilOver(over)
    return found.map(({ peer }) => peer)
  }

  /** Lets time pass until a search that waits for it is over. */
  async #untilOver(over: Promise<void>): Promise<void> {
    let isOver = false
    const ending = over.finally(() => (isOver = true))
    await until('the search is over', () => {
      if (!isOver) this.clock.advance(1000)
      return isOver
    })
    await ending
  }
}

describe('finding holders', () => {
  test('yields each connected holder the moment it says so', async () => {
    const scene = new Scene()
    const [mute, holder] = [scene.peer(WHOLE, { isMute: true }), scene.peer(WHOLE)]
    scene.peer(undefined)
    const { found } = scene.search()
    await until('the quick one is there', () => found.length > 0)
    assert.deepEqual(found, [{ peer: holder.self, ...WHOLE }])
    assert.equal(mute.asked, 1)
  })

  test('asks the DHT at once when all connected peers said no', async () => {
    const scene = new Scene()
    const middle = scene.peer(undefined)
    const distant = scene.peer(WHOLE, { to: middle.network })
    await distant.network.provide(digest, never)
    const { found } = scene.search()
    await until('the distant one is there', () => found.length > 0)
    assert.deepEqual(found.map(({ peer }) => peer), [distant.self])
  })

  test('asks the DHT beside connected peers that are slower than usual, and still takes what they say', async () => {
    const scene = new Scene()
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
    const scene = new Scene()
    const [former, holder] = [scene.peer(undefined), scene.peer(WHOLE)]
    for (const { network } of [former, holder]) await network.provide(digest, never)
    const distant = scene.peer(undefined, { to: holder.network })
    await distant.network.provide(digest, never)
    assert.deepEqual(await scene.all(), [holder.self])
    assert.deepEqual([former, holder, distant].map(({ asked }) => asked), [1, 1, 1])
  })

  test('takes who is known to have it all as it is, and asks it beside', async () => {
    const scene = new Scene()
    const known = scene.peer(WHOLE)
    await scene.finder.glance(digest, never)
    assert.deepEqual(scene.finder.holders.of(digest), [known.self])
    const first = await scene.finder.find(digest, never).next()
    assert.deepEqual(first, { done: false, value: { peer: known.self, ...WHOLE } })
    assert.deepEqual(await scene.all(), [known.self])
  })

  test('asks holders of a part again every second while the caller goes on, and tells when they have more', async () => {
    const scene = new Scene()
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
    const scene = new Scene()
    const { self } = scene.peer(part(1))
    const { found, over } = scene.search()
    await until('the part is there', () => found.length === 1)
    scene.finder.holders.remove(digest, self)
    scene.clock.advance(1000)
    await over
  })

  test('ends when no part has grown for as long as a piece may take, so that nobody waits for ever', async () => {
    const scene = new Scene()
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
    const scene = new Scene()
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
    const scene = new Scene()
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
    const scene = new Scene()
    const liar = scene.peer(WHOLE)
    await scene.finder.glance(digest, never)
    const search = scene.finder.find(digest, never)
    assert.equal((await search.next()).value?.peer, liar.self)
    scene.finder.holders.remove(digest, liar.self)
    assert.deepEqual(await search.next(), { done: true, value: undefined })
    assert.equal(liar.asked, 2, 'it said again that it has it')
  })

  test('throws the reason of its signal', async () => {
    const scene = new Scene()
    scene.peer(WHOLE, { isMute: true })
    const controller = new AbortController()
    const { over } = scene.search(controller.signal)
    await turn()
    controller.abort(new Error('enough'))
    await assert.rejects(over, /enough/)
    await assert.rejects(scene.search(AbortSignal.abort(new Error('before'))).over, /before/)
  })
})

describe('a miss', () => {
  test('is remembered for a few seconds: nobody is asked again', async () => {
    const scene = new Scene()
    const peer = scene.peer(undefined)
    for (const _ of [1, 2, 3]) assert.deepEqual(await Array.fromAsync(scene.finder.find(digest, never)), [])
    assert.equal(peer.asked, 1)
    peer.held = WHOLE
    scene.clock.advance(5000)
    assert.deepEqual(await scene.all(), [peer.self])
  })

  test('is forgotten when somebody connects', async () => {
    const scene = new Scene()
    assert.deepEqual(await Array.fromAsync(scene.finder.find(digest, never)), [])
    const late = scene.peer(WHOLE)
    assert.deepEqual(await scene.all(), [late.self])
  })

  test('is forgotten when somebody says it has it', async () => {
    const scene = new Scene()
    const peer = scene.peer(undefined)
    assert.deepEqual(await Array.fromAsync(scene.finder.find(digest, never)), [])
    peer.held = WHOLE
    await scene.finder.glance(digest, never)
    assert.deepEqual(await scene.all(), [peer.self])
  })

  test('is none when the search was left', async () => {
    const scene = new Scene()
    const peer = scene.peer(undefined, { isMute: true })
    const controller = new AbortController()
    const { over } = scene.search(controller.signal)
    await until('it is asked', () => peer.asked === 1)
    controller.abort(new Error('enough'))
    await assert.rejects(over)
    let isOver = false
    const again = scene.search().over.then(() => (isOver = true))
    await turn()
    assert.ok(!isOver, 'it waits for an answer')
    scene.clock.advance(LIMITS.haveTimeoutMs)
    await again
  })
})

test('a glance waits for nobody who is slow, and leaves when it is told to', async () => {
  const scene = new Scene()
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
