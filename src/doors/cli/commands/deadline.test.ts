import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { Deadline } from './deadline.ts'

describe('Deadline', () => {
  it('aborts with timeout when its time is over', async () => {
    using deadline = new Deadline(new AbortController().signal, 0.01)
    await once(deadline.signal, 'abort')
    assert.ok(isGgenError(deadline.signal.reason, 'timeout') && deadline.signal.reason.message === 'nothing within 0.01 s')
  })

  it('aborts with cancelled when the user interrupts, before or after', () => {
    const controller = new AbortController()
    using deadline = new Deadline(controller.signal, 60)
    assert.equal(deadline.signal.aborted, false)
    deadline.lift()
    controller.abort('SIGINT')
    assert.ok(isGgenError(deadline.signal.reason, 'cancelled'))
    using late = new Deadline(controller.signal, 60)
    assert.ok(isGgenError(late.signal.reason, 'cancelled'))
  })

  it('says how much time is left, never less than none', async () => {
    using deadline = new Deadline(new AbortController().signal, 60)
    assert.ok(deadline.leftMs() > 50_000 && deadline.leftMs() <= 60_000)
    using over = new Deadline(new AbortController().signal, 0.01)
    await once(over.signal, 'abort')
    assert.ok(over.leftMs() < 5)
  })

  it('lets go of timer and listener when it is disposed', () => {
    const controller = new AbortController()
    const deadline = new Deadline(controller.signal, 60)
    deadline[Symbol.dispose]()
    controller.abort()
    assert.equal(deadline.signal.aborted, false)
  })
})
