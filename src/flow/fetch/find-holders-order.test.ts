import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PeerId } from '#core'
import { seeded, until } from '#testing'
import { HolderFinder } from './find-holders.ts'
import { digest, HaveScene, other, WHOLE } from './have-scene.conformance.ts'
import { PeerScores } from './peer-scores.ts'

const SOUGHT = { digest, ...WHOLE }

/** Three peers that are known to hold the whole; the last one is the best, the first the worst. */
const known = async (scores: PeerScores): Promise<{ readonly scene: HaveScene; readonly peers: readonly PeerId[] }> => {
  const scene = new HaveScene(scores)
  const peers = [scene.peer(WHOLE), scene.peer(WHOLE), scene.peer(WHOLE)].map(({ self }) => self)
  await scene.all({ digest: other, ...WHOLE })
  for (const peer of peers) scene.finder.holders.add(digest, peer, WHOLE)
  for (const [index, peer] of peers.entries()) scores.gave(peer, 100_000_000, 500_000 * 10 ** index)
  return { scene, peers }
}

describe('holders that are known', () => {
  test('are told in the order of their scores, with how much each is preferred', async () => {
    const scores = new PeerScores({ fraction: () => 0.999 })
    const { scene, peers } = await known(scores)
    const enough = new AbortController()
    const { found, over } = scene.search(enough.signal, SOUGHT)
    await until('all are told', () => found.length === peers.length)
    assert.deepEqual(found.map(({ peer }) => peer), peers.toReversed())
    assert.deepEqual(found.map(({ preference }) => preference), peers.toReversed().map((peer) => scores.of(peer)))
    enough.abort(new Error('enough'))
    await assert.rejects(over, /enough/)
  })

  test('are told in another order now and then, so that who was slow gets another chance', async () => {
    const scores = new PeerScores(seeded('order'))
    const { scene, peers } = await known(scores)
    const firsts: (PeerId | undefined)[] = []
    for (let count = 0; count < 200; count += 1) {
      const { value } = await scene.finder.find(SOUGHT, new AbortController().signal).next() as { value: { readonly peer: PeerId } | undefined }
      firsts.push(value?.peer)
    }
    const others = firsts.filter((peer) => peer !== peers[2]).length
    // Two of three random choices in five of a hundred are another one: about 27.
    assert(others > 10 && others < 50, `${others} of ${firsts.length}`)
  })
})

test('answers and silence are measured, of peers that are connected', async () => {
  const scores = new PeerScores({ fraction: () => 0.999 })
  const scene = new HaveScene(scores)
  const [quick, mute] = [scene.peer(WHOLE), scene.peer(WHOLE, { isMute: true })]
  const distant = scene.peer(undefined, { to: quick.network })
  await distant.network.provide(digest, new AbortController().signal)
  distant.isBusy = true
  await scene.all()
  assert.equal(scores.of(quick.self), 1)
  assert((scores.of(mute.self) ?? 1) < 0.5)
  assert.equal(distant.asked > 0 && scores.of(distant.self), undefined)
  assert(scene.finder instanceof HolderFinder)
})
