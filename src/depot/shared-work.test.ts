import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SharedWork } from './shared-work.ts'

const going = new AbortController().signal

describe('SharedWork', () => {
  it('is done once however many want it, and again for whoever comes later', async () => {
    const shared = new SharedWork<number>()
    let runs = 0
    const work = async (): Promise<number> => ++runs
    assert.deepEqual(await Promise.all([shared.run('a', work, going), shared.run('a', work, going), shared.run('b', work, going)]), [1, 1, 2])
    assert.equal(await shared.run('a', work, going), 3)
  })

  it('goes on while one of them stays, and is given up when the last has left', async () => {
    const shared = new SharedWork<void>()
    const [one, two] = [new AbortController(), new AbortController()]
    let stopped: AbortSignal | undefined
    const work = (signal: AbortSignal): Promise<void> => {
      stopped = signal
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    const [first, second] = [shared.run('a', work, one.signal), shared.run('a', work, two.signal)]
    one.abort(new Error('first left'))
    await assert.rejects(first, /first left/)
    assert.equal(stopped?.aborted, false)
    two.abort(new Error('second left'))
    await assert.rejects(second, /second left/)
    assert.equal(stopped?.aborted, true)
  })

  it('tells all of them what went wrong', async () => {
    const shared = new SharedWork<void>()
    const fails = async (): Promise<void> => {
      throw new Error('broken')
    }
    const all = await Promise.allSettled([shared.run('a', fails, going), shared.run('a', fails, going)])
    assert.deepEqual(all.map(({ status }) => status), ['rejected', 'rejected'])
  })
})
