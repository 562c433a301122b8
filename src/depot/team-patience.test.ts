import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { NPM_LIMITS, type PeerId } from '#core'
import { TeamPatience, untilNextLook } from './team-patience.ts'

const [ADA, BOB] = ['ada', 'bob'] as [PeerId, PeerId]
const QUICK = NPM_LIMITS.peersMs
const SLOW = NPM_LIMITS.peersMs + 1
const HELD = { digest: 'sha256:0' as never, sizeBytes: 1 }

describe('TeamPatience', () => {
  it('waits for whoever it knows nothing of, and not for who does not answer, until that one says something good', () => {
    const patience = new TeamPatience()
    assert.ok(patience.isWorth(ADA))
    patience.answered(ADA, 'silent', 2000)
    assert.ok(!patience.isWorth(ADA) && patience.isWorth(BOB))
    patience.answered(ADA, 'none', SLOW)
    assert.ok(!patience.isWorth(ADA))
    patience.answered(ADA, 'coming', SLOW)
    assert.ok(patience.isWorth(ADA))
  })

  it('gives up on a slow peer that never has anything, and gives a quick one its credit back', () => {
    const patience = new TeamPatience()
    const inVain = (times: number): void => {
      for (let time = 0; time < times; time += 1) patience.answered(ADA, 'none', SLOW)
    }
    inVain(NPM_LIMITS.waitsInVain - 1)
    assert.ok(patience.isWorth(ADA))
    inVain(1)
    assert.ok(!patience.isWorth(ADA))
    patience.answered(ADA, 'none', QUICK)
    assert.ok(patience.isWorth(ADA))
    inVain(1)
    assert.ok(!patience.isWorth(ADA))
    patience.answered(ADA, HELD, SLOW)
    inVain(NPM_LIMITS.waitsInVain - 1)
    assert.ok(patience.isWorth(ADA))
  })

  it('believes nobody who was wrong, whatever that one says, until it has gone', () => {
    const patience = new TeamPatience()
    patience.had(ADA)
    patience.distrust(ADA)
    patience.answered(ADA, 'coming', QUICK)
    assert.ok(!patience.believes(ADA) && !patience.isWorth(ADA))
    assert.equal(patience.favourite([ADA, BOB]), undefined)
    patience.forgetAllBut(new Set([BOB]))
    assert.ok(patience.believes(ADA) && patience.isWorth(ADA))
  })

  it('asks the only peer for the bytes at once, and of several the one that had something last', () => {
    const patience = new TeamPatience()
    assert.equal(patience.favourite([ADA]), ADA)
    assert.equal(patience.favourite([ADA, BOB]), undefined)
    patience.had(BOB)
    assert.equal(patience.favourite([ADA, BOB]), BOB)
    patience.forgetAllBut(new Set([ADA]))
    assert.equal(patience.favourite([ADA, BOB]), undefined)
  })
})

describe('untilNextLook', () => {
  it('is longer each time, and ends', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 500 }), (answerMs) => {
      const pauses: number[] = []
      for (let waitedMs = 0, looks = 0; ; looks += 1) {
        const pauseMs = untilNextLook(looks, waitedMs)
        if (pauseMs === undefined) break
        pauses.push(pauseMs)
        waitedMs += pauseMs + answerMs
      }
      assert.deepEqual(pauses, pauses.toSorted((a, b) => a - b))
      assert.ok(pauses[0] === NPM_LIMITS.comingAgainMs && pauses.every((pauseMs) => pauseMs <= NPM_LIMITS.comingAgainMostMs))
      const waitedMs = pauses.reduce((sum, pauseMs) => sum + pauseMs + answerMs, 0)
      assert.ok(waitedMs >= NPM_LIMITS.comingMs && waitedMs < NPM_LIMITS.comingMs + NPM_LIMITS.comingAgainMostMs + answerMs)
    }))
  })
})
