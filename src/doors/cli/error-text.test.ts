import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError, toGgenError } from '#core'
import { errorText } from './error-text.ts'
import { lookOf } from './look.ts'

const look = lookOf({ write: () => undefined, isTTY: false }, {})

describe('errorText', () => {
  it('says what happened, what is known and what to do next', () => {
    const details = { publishers: ['a', 'b'], holders: 3, advice: { by: 'a' }, alike: [{ known: 'a' }] }
    const error = new GgenError('name-contested', 'two\u001b[2J publish it', { details })
    assert.equal(errorText(error, look), [
      'error name-contested: two[2J publish it',
      '  publishers: a',
      '              b',
      '  holders: 3',
      '  hint: choose a publisher: ggen install @IDENTITY/NAME',
      '',
    ].join('\n'))
  })

  it('says of each who was asked why it could not help, a line each', () => {
    const gone = { registry: 'central', code: 'registry-unreachable', message: 'nobody listens\nat\u001b[2J' }
    const causes = [gone, { code: 'integrity', message: 'other bytes' }, 'odd', null]
    const lines = errorText(new GgenError('no-holder', 'nobody gives it', { details: { causes } }), look).split('\n')
    assert.deepEqual(lines.slice(1, 3), ['  because central: registry-unreachable: nobody listens at[2J', '  because integrity: other bytes'])
    assert.match(lines[3] ?? '', /hint/)
    assert.doesNotMatch(errorText(new GgenError('no-holder', 'x', { details: { causes: 'odd' } }), look), /because/)
  })

  it('shows where a defect is', () => {
    assert.match(errorText(toGgenError(new TypeError('x is undefined')), look), /^error internal: x is undefined\n {2} {4}at .*error-text\.test\.ts/)
  })

  it('is short about an interruption', () => {
    assert.equal(errorText(new GgenError('cancelled', 'interrupted'), look), 'interrupted\n')
  })
})
