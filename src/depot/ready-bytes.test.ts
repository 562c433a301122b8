import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ReadyBytes } from './ready-bytes.ts'

describe('ReadyBytes', () => {
  it('holds what was used last, and never more than it may', () => {
    const ready = new ReadyBytes<{ bytes: Uint8Array }>(30)
    for (const key of ['a', 'b', 'c']) ready.put(key, { bytes: new Uint8Array(10) })
    ready.get('a')
    ready.put('d', { bytes: new Uint8Array(10) })
    assert.deepEqual(['a', 'b', 'c', 'd'].map((key) => ready.get(key) !== undefined), [true, false, true, true])
  })

  it('counts right, whatever is put and dropped', () => {
    const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), size: fc.nat(40), drops: fc.boolean() })
    fc.assert(fc.property(fc.array(step), (steps) => {
      const ready = new ReadyBytes<{ bytes: Uint8Array }>(50)
      for (const { key, size, drops } of steps) {
        if (drops) ready.drop(key)
        else ready.put(key, { bytes: new Uint8Array(size) })
        const held = ['a', 'b', 'c', 'd'].reduce((sum, one) => sum + (ready.get(one)?.bytes.length ?? 0), 0)
        assert.equal(ready.bytes, held)
        assert.ok(held <= 50)
      }
    }))
  })
})
