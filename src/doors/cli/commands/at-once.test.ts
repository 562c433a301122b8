import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { atOnce } from './at-once.ts'

const two = { width: 2, signal: new AbortController().signal }

describe('work that is done several at a time', () => {
  it('is done for every item, and never more at a time than said', async () => {
    let [running, most] = [0, 0]
    const done: number[] = []
    await atOnce([1, 2, 3, 4, 5], two, async (item) => {
      most = Math.max(most, ++running)
      await Promise.resolve()
      running--
      done.push(item)
    })
    assert.deepEqual([done.toSorted((a, b) => a - b), most], [[1, 2, 3, 4, 5], 2])
  })

  it('ends with the first failure, which the others hear of', async () => {
    const begun: number[] = []
    let reason: unknown
    await assert.rejects(atOnce([1, 2, 3, 4], two, async (item, signal) => {
      begun.push(item)
      if (item === 1) throw new Error('first')
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      reason = signal.reason
      throw new Error('second')
    }), /first/)
    assert.deepEqual(begun, [1, 2])
    assert.match(String(reason), /first/)
  })

  it('begins nothing where it was stopped before', async () => {
    await assert.rejects(atOnce([1], { ...two, signal: AbortSignal.abort(new Error('enough')) }, async () => assert.fail('begun')), /enough/)
  })
})
