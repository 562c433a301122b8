import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { LIMITS } from '#core'
import { TestClock } from '#testing'
import { Watch } from './watch.ts'

const settled = (): Promise<void> => new Promise(setImmediate)
const going = (): AbortSignal => new AbortController().signal

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

suite('A watch', () => {
  test('ends what is late, and nothing that was in time', async () => {
    const clock = new TestClock()
    const watch = new Watch(clock, going())
    watch.start(100)
    clock.advance(99)
    watch.stop()
    clock.advance(100)
    await settled()
    assert.equal(watch.signal.aborted, false)
    watch.start(100)
    clock.advance(100)
    await settled()
    assert.deepEqual([watch.signal.aborted, watch.isLate], [true, true])
  })

  test('aborts with its caller, and is not late then', () => {
    const caller = new AbortController()
    const watch = new Watch(new TestClock(), caller.signal)
    caller.abort()
    assert.deepEqual([watch.signal.aborted, watch.isLate], [true, false])
  })

  test('does not count the time in which whoever reads does something else', async () => {
    const clock = new TestClock()
    const watch = new Watch(clock, going())
    for await (const _ of watch.incoming(chunks('a', 'b'), 100)) {
      clock.advance(1000)
      await settled()
    }
    assert.equal(watch.isLate, false)
  })

  test('takes a byte now and then for silence, and whoever sends what it should for no trickle', async () => {
    const trickle = async (chunk: Uint8Array): Promise<number> => {
      const clock = new TestClock()
      const watch = new Watch(clock, going())
      async function* slow(): AsyncGenerator<Uint8Array> {
        for (let index = 0; index < 10 && !watch.isLate; index += 1) {
          clock.advance(400)
          await settled()
          if (!watch.isLate) yield chunk
        }
      }
      let came = 0
      for await (const _ of watch.incoming(slow(), 1000)) came += 1
      return came
    }
    assert.equal(await trickle(Buffer.from('x')), 2, '800 ms of the one second that there is')
    assert.equal(await trickle(new Uint8Array(LIMITS.stallBytesPerSecond / 2)), 10)
  })

  test('counts the time in which nobody takes what is sent, and the time after the last byte', async () => {
    const clock = new TestClock()
    const taken = new Watch(clock, going())
    const sending = taken.outgoing(chunks('a', 'b'), 100)
    await sending.next()
    await sending.next()
    assert.equal((await sending.next()).done, true)
    clock.advance(100)
    await settled()
    assert.equal(taken.isLate, true)
    const stuck = new Watch(clock, going())
    await stuck.outgoing(chunks('a'), 100).next()
    clock.advance(100)
    await settled()
    assert.equal(stuck.isLate, true)
  })
})
