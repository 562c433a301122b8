import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, test } from 'node:test'
import { TestClock } from '#testing'
import { ReaderWatch, type WatchOptions } from './reader-watch.ts'

const never = new AbortController().signal

/** Counts the time-outs that are asked for. */
class CountingClock extends TestClock {
  asked = 0

  override timeout(ms: number): AbortSignal {
    this.asked++
    return super.timeout(ms)
  }
}

const options = (change: Partial<WatchOptions> = {}): WatchOptions => ({ clock: new TestClock(), stallTimeoutMs: 1000, signal: never, ...change })

describe('watching a reader', () => {
  test('asks for one time-out in the time of a stall, however often it waits', async () => {
    const clock = new CountingClock()
    const answer = new PassThrough()
    using watch = new ReaderWatch(answer, options({ clock }))
    for (let wait = 0; wait < 100; wait++) {
      const moves = watch.moves()
      clock.advance(5)
      answer.emit('drain')
      await moves
    }
    assert.equal(clock.asked, 1)
  })

  test('gives each wait the whole time, and no more', async () => {
    const clock = new TestClock()
    const answer = new PassThrough()
    using watch = new ReaderWatch(answer, options({ clock }))
    const first = watch.moves()
    clock.advance(600)
    answer.emit('drain')
    await first
    let isOver = false
    const second = assert.rejects(watch.moves().finally(() => (isOver = true)), { code: 'timeout' })
    clock.advance(999)
    await Promise.resolve()
    assert.equal(isOver, false)
    clock.advance(1)
    await second
  })

  test('time in which nobody waits does not count', async () => {
    const clock = new TestClock()
    const answer = new PassThrough()
    using watch = new ReaderWatch(answer, options({ clock }))
    const first = watch.moves()
    answer.emit('drain')
    await first
    clock.advance(5000)
    const second = watch.moves()
    clock.advance(999)
    answer.emit('finish')
    await second
  })

  test('ends with the reason of the signal, before and while it waits, and with what breaks the stream', async () => {
    using gone = new ReaderWatch(new PassThrough(), options({ signal: AbortSignal.abort(new Error('gone')) }))
    await assert.rejects(gone.moves(), /gone/)
    const leaving = new AbortController()
    using left = new ReaderWatch(new PassThrough(), options({ signal: leaving.signal }))
    const failing = assert.rejects(left.moves(), /left/)
    leaving.abort(new Error('left'))
    await failing
    const answer = new PassThrough()
    using broken = new ReaderWatch(answer, options())
    const breaking = assert.rejects(broken.moves(), /broke/)
    answer.destroy(new Error('it broke'))
    await breaking
  })

  test('leaves nothing behind on the stream', () => {
    const answer = new PassThrough()
    const before = answer.listenerCount('drain') + answer.listenerCount('finish') + answer.listenerCount('error')
    new ReaderWatch(answer, options())[Symbol.dispose]()
    assert.equal(answer.listenerCount('drain') + answer.listenerCount('finish') + answer.listenerCount('error'), before)
  })
})
