import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LIMITS } from '#core'
import { AskWindow } from './ask-window.ts'

describe('how much to ask of a peer at once', () => {
  test('grows with quick answers to the largest range, and shrinks with slow ones to a small one', () => {
    const window = new AskWindow()
    assert.deepEqual([window.bytes, window.rangeBytes], [65_536, 16_384])
    for (let answer = 0; answer < 20; answer++) window.answered(50)
    assert.deepEqual([window.bytes, window.rangeBytes], [4 * LIMITS.blobRangeBytes, LIMITS.blobRangeBytes])
    window.answered(2000)
    assert.equal(window.rangeBytes, LIMITS.blobRangeBytes)
    for (let answer = 0; answer < 20; answer++) window.answered(4000)
    assert.deepEqual([window.bytes, window.rangeBytes], [16_384, 16_384])
  })

  test('what is asked at first comes in time also at the slowest rate that is borne', () => {
    assert.ok((new AskWindow().bytes / LIMITS.stallBytesPerSecond) * 1000 < LIMITS.askTimeoutMs)
  })
})
