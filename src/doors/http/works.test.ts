import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { GgenError, isGgenError } from '#core'
import { Works } from './works.ts'

const STOPS = new GgenError('cancelled', 'the node stops')

/** The parts of a response that tell whether its asker is still there. */
const answer = (state: { writableFinished?: boolean; destroyed?: boolean } = {}): ServerResponse =>
  Object.assign(new EventEmitter(), { writableFinished: false, destroyed: false, ...state }) as unknown as ServerResponse

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const give = (): void => reject(signal.reason as Error)
    if (signal.aborted) give()
    else signal.addEventListener('abort', give)
  })

describe('Works', () => {
  it('returns what the work returns', async () => {
    assert.equal(await new Works().run(answer(), async () => 7), 7)
    assert.equal(await new Works().runToTheEnd(async () => 8), 8)
  })

  it('aborts work when its asker goes away, or was gone before', async () => {
    const leaving = answer()
    const running = new Works().run(leaving, untilAborted)
    leaving.emit('close')
    await assert.rejects(running, (error) => isGgenError(error, 'cancelled'))
    await assert.rejects(new Works().run(answer({ destroyed: true }), untilAborted), (error) => isGgenError(error, 'cancelled'))
    assert.equal(leaving.listenerCount('close'), 0)
  })

  it('does not abort work whose answer was sent', async () => {
    const sent = answer({ writableFinished: true })
    const { promise, resolve } = Promise.withResolvers<void>()
    const running = new Works().run(sent, async (signal) => {
      await promise
      return signal.aborted
    })
    sent.emit('close')
    resolve()
    assert.equal(await running, false)
  })

  it('stops what may be stopped, waits for the rest, and begins nothing new', async () => {
    const works = new Works()
    const { promise, resolve } = Promise.withResolvers<string>()
    const commit = works.runToTheEnd(async (signal) => `${await promise} ${signal.aborted}`)
    const search = works.run(answer(), untilAborted)
    works.stop(STOPS)
    await assert.rejects(search, STOPS)
    let settled = false
    const settling = works.settle().then(() => (settled = true))
    await new Promise((turn) => setImmediate(turn))
    assert.equal(settled, false)
    resolve('done')
    assert.equal(await commit, 'done false')
    await settling
    await assert.rejects(works.run(answer(), async () => 1), STOPS)
    await assert.rejects(works.runToTheEnd(async () => 1), STOPS)
  })
})
