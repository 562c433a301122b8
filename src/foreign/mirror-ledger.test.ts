import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { digestOf, isGgenError, parsePackageName, parseVersion } from '#core'
import { formatLedgerLine, type LedgerLine, MirrorLedger } from './mirror-ledger.ts'

const [one, other] = ['one', 'other'].map((text) => digestOf(Buffer.from(text))) as [LedgerLine['digest'], LedgerLine['digest']]
const line = (what: LedgerLine['what'], version: string, change: Partial<LedgerLine> = {}): LedgerLine =>
  ({ what, name: parsePackageName('a'), version: parseVersion(version), digest: one, at: 1, ...change })

describe('what is remembered of a source', () => {
  it('is the first digest of each version, whatever comes after it', () => {
    const lines = [line('seen', '1.0.0'), line('disputed', '1.0.0', { digest: other, at: 7 }), line('imported', '1.0.0+build')]
    const ledger = MirrorLedger.parse(lines.map(formatLedgerLine).join(''))
    assert.deepEqual([ledger.firstOf(line('seen', '1.0.0+x')), ledger.isImported(line('seen', '1.0.0'))], [one, true], 'build metadata is of one slot')
    assert.deepEqual(ledger.disputes(), [{ name: 'a', version: '1.0.0', first: one, later: other, since: 7, isHeld: true }])
    assert.deepEqual([ledger.isDisputed(line('seen', '1.0.0', { digest: other })), ledger.isDisputed(line('seen', '1.0.0'))], [true, false])
    ledger.apply(line('disputed', '1.0.0', { digest: other, at: 9 }))
    assert.equal(ledger.disputes().length, 1)
  })

  it('reads what it writes, with or without a torn end, and refuses anything else', () => {
    const whole = [line('seen', '1.0.0'), line('imported', '2.0.0')].map(formatLedgerLine).join('')
    for (let cut = 0; cut <= whole.length; cut += 1) MirrorLedger.parse(whole.slice(0, cut))
    fc.assert(fc.property(fc.string(), (text) => {
      try {
        MirrorLedger.parse(`${text}\n`)
      } catch (error) {
        assert.ok(isGgenError(error, 'store-broken'), String(error))
      }
    }))
    for (const change of [{ what: 'x' }, { name: '..' }, { version: 'v1' }, { digest: 'x' }, { at: 'now' }]) {
      assert.throws(() => MirrorLedger.parse(`${JSON.stringify({ ...line('seen', '1.0.0'), ...change })}\n`), (error) => isGgenError(error, 'store-broken'))
    }
  })
})
