import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type BandwidthLimits, GgenError, type LimitsChange } from '#core'
import { TestClock } from '#testing'
import { Bandwidth } from './bandwidth.ts'
import { keepLimits, type LimitsFile } from './keep-limits.ts'

const memoryFile = (kept: LimitsChange = {}): LimitsFile & { kept: LimitsChange } => {
  const file = {
    kept,
    read: async () => file.kept,
    write: async (change: LimitsChange) => {
      file.kept = await Promise.resolve(change)
    },
  }
  return file
}

describe('keepLimits', () => {
  it('begins with what was configured, and with what was set last before the node stopped', async () => {
    const bandwidth = new Bandwidth(new TestClock())
    const kept = await keepLimits(bandwidth, { up: 10, down: 20 }, memoryFile({ up: null, perPeer: 5 }))
    assert.deepEqual(kept.limits(), { down: 20, perPeer: 5 })
    assert.deepEqual(kept.rates(), { up: 0, down: 0 })
  })

  it('puts a change into force, keeps it, and forgets it when it is reset', async () => {
    const file = memoryFile()
    const bandwidth = new Bandwidth(new TestClock())
    const kept = await keepLimits(bandwidth, { up: 10, down: 20 }, file)
    await kept.change({ up: 30 })
    await kept.change({ down: null, perPeer: 7 })
    assert.deepEqual([bandwidth.limits(), file.kept], [{ up: 30, perPeer: 7 }, { up: 30, down: null, perPeer: 7 }])
    await kept.reset()
    assert.deepEqual([bandwidth.limits(), file.kept], [{ up: 10, down: 20 }, {}])
  })

  it('changes nothing that it could not keep, and goes on afterwards', async () => {
    const file = memoryFile()
    const bandwidth = new Bandwidth(new TestClock())
    let isFull = true
    const write: LimitsFile['write'] = async (change) => {
      if (isFull) throw new GgenError('disk-full', 'no room')
      await file.write(change)
    }
    const kept = await keepLimits(bandwidth, { up: 10 }, { read: file.read, write })
    await assert.rejects(kept.change({ up: 30 }), { code: 'disk-full' })
    assert.deepEqual([bandwidth.limits(), file.kept], [{ up: 10 }, {}])
    isFull = false
    await kept.change({ down: 5 })
    assert.deepEqual(bandwidth.limits(), { up: 10, down: 5 })
  })

  it('is the same after a restart as before, whatever was changed at the same time', async () => {
    const limit = fc.integer({ min: 1, max: 99 })
    const limits = fc.record({ up: limit, down: limit, perPeer: limit }, { requiredKeys: [] })
    const change = fc.record({ up: fc.option(limit), down: fc.option(limit), perPeer: fc.option(limit) }, { requiredKeys: [] })
    await fc.assert(fc.asyncProperty(limits, fc.array(fc.option(change)), async (configured: BandwidthLimits, changes) => {
      const file = memoryFile()
      const before = await keepLimits(new Bandwidth(new TestClock()), configured, file)
      await Promise.all(changes.map((one) => (one === null ? before.reset() : before.change(one))))
      const after = await keepLimits(new Bandwidth(new TestClock()), configured, file)
      assert.deepEqual(after.limits(), before.limits())
    }))
  })
})
