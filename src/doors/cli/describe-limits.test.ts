import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { flowFields, limitsText } from './describe-limits.ts'
import { lookOf } from './look.ts'

const look = lookOf({ write: () => undefined, isTTY: true, columns: 100 }, { NO_COLOR: '1' })

describe('limits', () => {
  it('are shown with what goes now', () => {
    const text = limitsText({ limits: { up: 5_000_000, perPeer: 500_000 }, rates: { up: 1_234_000, down: 0 } }, look)
    assert.equal(text, 'up        5.0 MB/s, now 1.2 MB/s\ndown      no limit, now 0 B/s\nper peer  500 kB/s each way\n')
    assert.match(limitsText({ limits: {}, rates: { up: 0, down: 0 } }, look), /per peer +no limit\n$/)
  })

  it('are part of a status only where something moves or is limited', () => {
    const shown = (...question: Parameters<typeof flowFields>): readonly unknown[] => flowFields(...question).map(([, value]) => value)
    assert.deepEqual(shown({ limits: {}, rates: { up: 0, down: 0 } }), [undefined, undefined, undefined])
    const limits = { down: 1e6, perPeer: 1e6 }
    assert.deepEqual(shown({ limits, rates: { up: 1000, down: 0 } }), ['1.0 kB/s', '0 B/s of 1.0 MB/s', 'at most 1.0 MB/s each way'])
  })
})
