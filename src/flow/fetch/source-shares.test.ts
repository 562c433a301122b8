import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { PeerId } from '#core'
import { SourceShares } from './source-shares.ts'

const [ada, bob] = ['ada' as PeerId, 'bob' as PeerId]

test('each share says who gave what by which way, and how fast while it was asked', () => {
  const shares = new SourceShares()
  shares.began(ada, 'stream', 0)
  shares.gave(ada, 100, 50)
  shares.ended(ada, 1000)
  shares.began(ada, 'tls', 5000)
  shares.began(ada, 'tls', 5500)
  shares.gave(ada, 150, 50)
  shares.ended(ada, 6000)
  shares.began(bob, 'tls', 0)
  assert.deepEqual(shares.report(7000), [{ peer: ada, carrier: 'tls', bytes: 100, ranges: [[100, 100]], bytesPerSecond: 33 }])
  shares.gave(bob, 0, 100_000)
  assert.deepEqual(shares.report(7000).map(({ peer }) => peer), [bob, ada])
  shares.clear()
  assert.deepEqual(shares.report(7000), [])
})

test('in whatever order pieces come, ranges are ascending, never touch, and are exactly what was given', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(30)), (pieces) => {
      const shares = new SourceShares()
      shares.began(ada, 'memory', 0)
      for (const piece of pieces) shares.gave(ada, piece * 10, 10)
      const ranges = shares.report(1)[0]?.ranges ?? []
      const given = ranges.flatMap(([offset, length]) => Array.from({ length: length / 10 }, (_, index) => offset / 10 + index))
      assert.deepEqual(given, pieces.toSorted((a, b) => a - b))
      assert.ok(ranges.every(([offset], index) => index === 0 || offset > (ranges[index - 1]?.[0] ?? 0) + (ranges[index - 1]?.[1] ?? 0)))
    }),
  )
})
