import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { parseDigest, parsePackageName, type TransferProgress } from '#core'
import { type Look, lookOf } from './look.ts'
import { progressText } from './progress-text.ts'

const NAME = parsePackageName('io.ggen.rust.cli')
const HALF: TransferProgress = {
  type: 'transfer-progress', digest: parseDigest(`sha256:${'0'.repeat(64)}`),
  receivedBytes: 50_500_000, sizeBytes: 100_000_000, bytesPerSecond: 23_100_000, remainingMs: 2143, sources: 3,
}

const terminal = (columns: number, env: Record<string, string> = { NO_COLOR: '1' }): Look => lookOf({ write: () => undefined, isTTY: true, columns }, env)

describe('the progress of a fetch', () => {
  it('is name, share, bytes, rate, remaining time, sources, and a bar where there is room', () => {
    assert.equal(progressText(NAME, HALF, terminal(120)),
      'io.ggen.rust.cli   50 %  50.5 MB of 100 MB  23.1 MB/s   3 s left  3 sources  [############------------]')
    assert.equal(progressText(NAME, HALF, terminal(80)), 'io.ggen.rust.cli   50 %  50.5 MB of 100 MB  23.1 MB/s   3 s left  3 sources')
    const { remainingMs, ...unsure } = HALF
    assert.equal(remainingMs, 2143)
    assert.equal(progressText(NAME, { ...unsure, sources: 1 }, terminal(80)), 'io.ggen.rust.cli   50 %  50.5 MB of 100 MB  23.1 MB/s  1 source')
  })

  it('loses what matters least where the terminal is narrow', () => {
    assert.equal(progressText(NAME, HALF, terminal(60)), 'io.ggen.rust.cli   50 %  50.5 MB of 100 MB  23.1 MB/s')
    assert.equal(progressText(NAME, HALF, terminal(24)), 'io.ggen.rust.cli   50 %')
    assert.equal(progressText(NAME, HALF, terminal(21)), 'io.ggen.rust…   50 %')
    assert.equal(progressText(NAME, HALF, terminal(10)), 'io.ggen.…')
  })

  it('has colours where they are wanted, and not with NO_COLOR', () => {
    const coloured = progressText(NAME, HALF, terminal(80, {}))
    assert.ok(coloured.startsWith('\u001b[1mio.ggen.rust.cli\u001b[22m   50 %'))
    assert.equal(stripVTControlCharacters(coloured), progressText(NAME, HALF, terminal(80)))
  })

  it('always fits into the line, whatever a node says', () => {
    const amount = fc.oneof(fc.nat(), fc.maxSafeInteger().map(Math.abs))
    const progress = fc.record(
      { receivedBytes: amount, sizeBytes: amount, bytesPerSecond: amount, remainingMs: amount, sources: fc.nat(8) },
      { requiredKeys: ['receivedBytes', 'sizeBytes', 'bytesPerSecond', 'sources'] },
    )
    fc.assert(fc.property(progress, fc.integer({ min: 2, max: 200 }), (numbers, columns) => {
      const { remainingMs, ...rest } = numbers
      const said = { type: 'transfer-progress', digest: HALF.digest, ...rest, ...(remainingMs !== undefined && { remainingMs }) } as const
      const text = progressText(NAME, said, terminal(columns))
      assert.ok(text.length < columns, text)
      assert.doesNotMatch(text, /NaN|undefined|Infinity|-\d/)
    }))
  })
})
