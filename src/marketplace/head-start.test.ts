import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Upstream } from '#registry'
import { HeadStart } from './head-start.ts'

const going = (): AbortSignal => new AbortController().signal
const silent = (signal: AbortSignal): Promise<never> => {
  const { promise, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(signal.reason))
  return promise
}
/** A server that is late whatever is asked of it. */
const late = { isLate: async () => true } as unknown as Upstream
const inTime = { isLate: async (asked: Promise<unknown>) => Promise.allSettled([asked]).then(() => false) } as unknown as Upstream

suite('A head start', () => {
  test('is over with the answer or with the patience, and whoever leaves ends the question', async () => {
    using first = new HeadStart(inTime, async () => 'answer', going())
    assert.deepEqual([await first.isLate(), await first.answer], [false, 'answer'])
    const slow = new HeadStart(late, silent, going())
    assert.equal(await slow.isLate(), true)
    slow[Symbol.dispose]()
    await assert.rejects(slow.answer, { code: 'cancelled' })
  })

  test('is none where nobody is asked first', async () => {
    using nobody = new HeadStart(undefined, async () => undefined, going())
    assert.equal(await nobody.isLate(), false)
  })

  test('throws what went wrong, and the reason of whoever does not want it any more', async () => {
    const defect = new Error('a defect')
    using broken = new HeadStart(inTime, () => Promise.reject(defect), going())
    await assert.rejects(broken.isLate(), defect)
    const caller = new AbortController()
    using unwanted = new HeadStart(inTime, silent, caller.signal)
    caller.abort(defect)
    await assert.rejects(unwanted.isLate(), defect)
  })
})
