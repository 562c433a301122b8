import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { TestClock } from '#testing'
import { IdleWatch } from './idle-watch.ts'

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const scene = (idleMs = 10_000) => {
  const clock = new TestClock()
  let stopped = 0
  const watch = new IdleWatch({ clock, idleMs, stop: () => (stopped += 1) })
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 500) {
      clock.advance(500)
      await settled()
    }
  }
  /** Begins a request; gives what ends it. */
  const ask = (): (() => void) => {
    const response = new EventEmitter()
    watch.attend(() => undefined)({} as IncomingMessage, response as ServerResponse)
    return () => void response.emit('close')
  }
  return { watch, pass, ask, stopped: () => stopped }
}

describe('a node that ends by itself', () => {
  it('ends once, when nobody has asked anything for so long', async () => {
    const { pass, stopped } = scene()
    await pass(9500)
    assert.equal(stopped(), 0)
    await pass(2000)
    assert.equal(stopped(), 1)
    await pass(60_000)
    assert.equal(stopped(), 1)
  })

  it('counts from the end of the last request, and waits for one that takes its time', async () => {
    const { pass, ask, stopped } = scene()
    await pass(8000)
    const end = ask()
    await pass(60_000)
    assert.equal(stopped(), 0)
    end()
    await pass(9000)
    assert.equal(stopped(), 0)
    await pass(3000)
    assert.equal(stopped(), 1)
  })

  it('does not end when it is stopped otherwise', async () => {
    const { watch, pass, stopped } = scene()
    watch[Symbol.dispose]()
    await pass(60_000)
    assert.equal(stopped(), 0)
  })
})
