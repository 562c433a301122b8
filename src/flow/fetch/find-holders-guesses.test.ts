import { LIMITS } from '#core'
import { until } from '#testing'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Sought } from './sought.ts'
import { digest, HaveScene, type HaveScenePeer, other, turn } from './have-scene.conformance.ts'
import { PeerScores } from './peer-scores.ts'

const never = new AbortController().signal
const SMALL: Sought = { digest, sizeBytes: 9 }

/** A peer that had something last, with a bulk connection that rests. */
const formerHolder = async (scene: HaveScene): Promise<HaveScenePeer> => {
  const former = scene.peer({ sizeBytes: 9 })
  await scene.all({ digest: other, sizeBytes: 9 })
  former.asked = 0
  scene.ready.add(former.self)
  return former
}

describe('whoever had something last', () => {
  test('is read from without being asked, and nobody else is asked', async () => {
    const scene = new HaveScene()
    const former = await formerHolder(scene)
    const another = scene.peer({ sizeBytes: 9 })
    const { found } = scene.search(never, SMALL)
    await turn()
    assert.deepEqual(found, [{ peer: former.self, sizeBytes: 9 }])
    assert.deepEqual([former.asked, another.asked], [0, 0])
  })

  test('is not read from unasked when another is known to be more than twice as good', async () => {
    const scores = new PeerScores({ fraction: () => 0.999 })
    const scene = new HaveScene(scores)
    const former = await formerHolder(scene)
    const another = scene.peer({ sizeBytes: 9 })
    scores.gave(another.self, 10_000_000, 50_000_000)
    scores.failed(former.self)
    scores.failed(former.self)
    scores.failed(former.self)
    const { found } = scene.search(never, SMALL)
    await until('both have said so', () => found.length === 2)
    assert.deepEqual([former.asked, another.asked], [1, 1])
  })

  test('is asked like all others when it has not what was read', async () => {
    const scene = new HaveScene()
    const former = await formerHolder(scene)
    former.held = undefined
    const another = scene.peer({ sizeBytes: 9 })
    const { found } = scene.search(never, SMALL)
    await turn()
    scene.finder.forget(digest, former.self)
    await until('the other one is there', () => found.length === 2)
    assert.deepEqual(found.map(({ peer }) => peer), [former.self, another.self])
    assert.deepEqual([former.asked, another.asked], [1, 1])
  })

  test('is found again when it has got what it had not, and said so', async () => {
    const scene = new HaveScene()
    const former = await formerHolder(scene)
    const { found } = scene.search(never, SMALL)
    await turn()
    scene.finder.forget(digest, former.self)
    await until('it has said so', () => found.length === 2)
    assert.deepEqual(found.map(({ peer }) => peer), [former.self, former.self])
  })

  test('is not waited for longer than usual', async () => {
    const scene = new HaveScene()
    await formerHolder(scene)
    const another = scene.peer({ sizeBytes: 9 })
    const { found } = scene.search(never, SMALL)
    await turn()
    scene.clock.advance(19)
    await turn()
    assert.equal(another.asked, 0)
    scene.clock.advance(1)
    await until('the other one is there', () => found.some(({ peer }) => peer === another.self))
  })

  test('is no holder because of a guess: the others are asked in their time, the miss is remembered, and nobody is told that it holds it', async () => {
    const scene = new HaveScene()
    const former = await formerHolder(scene)
    former.held = undefined
    const { found, over } = scene.search(never, SMALL)
    await turn()
    assert.deepEqual(scene.finder.holders.of(digest), [])
    scene.clock.advance(20)
    await until('it has been asked beside', () => former.asked === 1)
    await turn()
    scene.finder.forget(digest, former.self)
    await over
    assert.deepEqual([found.map(({ peer }) => peer), former.asked], [[former.self], 1])
    assert.deepEqual([await scene.all(SMALL), former.asked], [[], 1])
  })

  test('is asked about the others while one blob is read unasked', async () => {
    const scene = new HaveScene()
    const former = await formerHolder(scene)
    const reading = new AbortController()
    const first = scene.search(reading.signal, SMALL)
    await turn()
    const second = scene.search(never, { digest: other, sizeBytes: 9 })
    await until('it has answered', () => former.asked === 1 && second.found.length > 0)
    assert.equal(first.found.length, 1)
    const left = assert.rejects(first.over, { name: 'AbortError' })
    reading.abort()
    await left
    former.asked = 0
    const third = scene.search(never, SMALL)
    await until('it is found', () => third.found.length > 0)
    assert.equal(former.asked, 0)
  })

  test('is asked when no connection rests, and before anything that is large or empty', async () => {
    const scene = new HaveScene()
    const former = await formerHolder(scene)
    scene.ready.clear()
    for (const sought of [SMALL, { digest, sizeBytes: LIMITS.pieceBytes + 1 }, { digest, sizeBytes: 0 }]) {
      former.held = { sizeBytes: sought.sizeBytes }
      former.asked = 0
      await scene.finder.find(sought, never).next()
      assert.equal(former.asked, 1)
      scene.finder.forget(digest, former.self)
      scene.ready.add(former.self)
    }
  })
})
