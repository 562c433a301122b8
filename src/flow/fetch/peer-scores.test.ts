import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LIMITS, type PeerId } from '#core'
import { seeded } from '#testing'
import { PeerScores } from './peer-scores.ts'

const [ADA, BOB, CY] = ['ada', 'bob', 'cy'] as unknown as [PeerId, PeerId, PeerId]
const never = { fraction: () => 0.999 }

/** Ada is fast and near, Bob slow and far. */
const known = (random = never): PeerScores => {
  const scores = new PeerScores(random)
  scores.gave(ADA, 10_000_000, 50_000_000)
  scores.answered(ADA, 5)
  scores.gave(BOB, 10_000_000, 200_000)
  scores.answered(BOB, 400)
  return scores
}

describe('the score of a peer', () => {
  it('is unknown until something was measured, and then says who is faster, nearer and more reliable', () => {
    const scores = known()
    const [ada = 0, bob = 1] = [scores.of(ADA), scores.of(BOB)]
    assert(ada > 0.8 && bob < 0.2, `${ada} ${bob}`)
    assert.equal(scores.of(CY), undefined)
    scores.answered(CY, 5)
    assert((scores.of(CY) ?? 0) > 0.8)
  })

  it('falls with every failure, and comes back', () => {
    const scores = known()
    const course = Array.from({ length: 5 }, () => (scores.failed(ADA), scores.of(ADA) ?? 1))
    assert(course.every((score, index) => score < (course[index - 1] ?? 1)) && (course.at(-1) ?? 1) < 0.2, course.join())
    for (let count = 0; count < 10; count += 1) scores.gave(ADA, 10_000_000, 50_000_000)
    assert((scores.of(ADA) ?? 0) > 0.8)
    scores.failed(CY)
    assert((scores.of(CY) ?? 1) < 0.5, 'who only failed counts less than a stranger')
  })

  it('says whether somebody is outdone, which a stranger is not', () => {
    const scores = known()
    assert.equal(scores.isOutdone(BOB, [ADA, CY]), true)
    assert.equal(scores.isOutdone(BOB, [BOB, CY]), false)
    assert.equal(scores.isOutdone(ADA, [BOB, CY]), false)
    assert.equal(scores.isOutdone(CY, [ADA]), false)
  })

  it('moves little for a few bytes, whose rate says little', () => {
    const scores = known()
    const before = scores.of(ADA) ?? 0
    scores.gave(ADA, 1000, 1000)
    assert(before - (scores.of(ADA) ?? 0) < 0.001)
  })

  it('is in [0, 1] whatever is measured, and of so many peers only', () => {
    const step = fc.record({ peer: fc.constantFrom(ADA, BOB), what: fc.nat(2), bytes: fc.nat(), rate: fc.double({ min: 0, max: 1e12, noNaN: true }) })
    fc.assert(fc.property(fc.array(step), (steps) => {
      const scores = new PeerScores(never)
      for (const { peer, what, bytes, rate } of steps) {
        if (what === 0) scores.gave(peer, bytes, rate)
        else if (what === 1) scores.answered(peer, rate)
        else scores.failed(peer)
        const score = scores.of(peer)
        assert(score !== undefined && score >= 0 && score <= 1, String(score))
      }
    }))
    const scores = new PeerScores(never)
    scores.failed(ADA)
    scores.failed(BOB)
    for (let index = 2; index < LIMITS.scoredPeers; index += 1) scores.failed(`peer ${index}` as PeerId)
    scores.answered(ADA, 1)
    scores.failed(CY)
    assert.deepEqual([scores.of(ADA) !== undefined, scores.of(BOB)], [true, undefined])
  })
})

describe('a preference', () => {
  it('follows the scores, and puts strangers between the good and the bad', () => {
    const preference = known().preference()
    const order = [BOB, CY, ADA].toSorted((a, b) => preference(b) - preference(a))
    assert.deepEqual(order, [ADA, CY, BOB])
  })

  it('of one choice in five is random, and stays the same within that choice', () => {
    const scores = known(seeded('explore'))
    const choices = 5000
    let random = 0
    let bobFirst = 0
    for (let count = 0; count < choices; count += 1) {
      const preference = scores.preference()
      if (preference(ADA) !== scores.of(ADA)) random += 1
      if (preference(BOB) > preference(ADA)) bobFirst += 1
      assert.equal(preference(BOB), preference(BOB))
    }
    assert(random / choices > 0.18 && random / choices < 0.22, `${random} of ${choices}`)
    assert(bobFirst / random > 0.4 && bobFirst / random < 0.6, `${bobFirst} of ${random}`)
  })
})
