import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { GgenError } from '#core'
import { type Cause, isFailure, mayAskOthers, nobodyAnswered } from './failures.ts'

const cause = (registry: string, code: GgenError['code']): Cause => ({ registry, error: new GgenError(code, `${code} there`) })

suite('When nobody could help', () => {
  test('a refusal says more than silence, and silence more than that something is not there', () => {
    const [gone, refused, absent] = [cause('a', 'registry-unreachable'), cause('b', 'denied'), cause('c', 'blob-not-found')]
    assert.equal(nobodyAnswered([absent, gone, refused]).code, 'denied')
    assert.equal(nobodyAnswered([absent, gone]).code, 'registry-unreachable')
    assert.equal(nobodyAnswered([absent]).code, 'blob-not-found')
    assert.equal(nobodyAnswered([]).code, 'no-peers')
  })

  test('all causes are kept, for people and for programs', () => {
    const error = nobodyAnswered([cause('a', 'timeout'), cause('b', 'registry-failed')])
    assert.equal(error.message, 'a: timeout there; b: registry-failed there')
    assert.deepEqual(error.details['causes'], [
      { registry: 'a', code: 'timeout', message: 'timeout there' }, { registry: 'b', code: 'registry-failed', message: 'registry-failed there' },
    ])
  })
})

test('what is here the fault of nobody else is passed to nobody else', () => {
  for (const code of ['disk-full', 'internal', 'cancelled', 'query-invalid', 'denied'] as const) {
    assert.deepEqual([isFailure(new GgenError(code, '')), mayAskOthers(new GgenError(code, ''))], [false, false], code)
  }
  assert.equal(mayAskOthers(new Error('a defect')), false)
})
