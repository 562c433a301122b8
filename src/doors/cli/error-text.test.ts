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

  it('shows where a defect is', () => {
    assert.match(errorText(toGgenError(new TypeError('x is undefined')), look), /^error internal: x is undefined\n {2} {4}at .*error-text\.test\.ts/)
  })

  it('is short about an interruption', () => {
    assert.equal(errorText(new GgenError('cancelled', 'interrupted'), look), 'interrupted\n')
  })
})
