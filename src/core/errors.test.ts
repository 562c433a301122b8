import assert from 'node:assert/strict'
import test from 'node:test'
import { ERRORS, GgenError, isErrorCode, isGgenError, toGgenError } from './errors.ts'

test('every code says how it ends and what to do next', () => {
  for (const [code, kind] of Object.entries(ERRORS)) {
    assert([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 130].includes(kind.exitCode), code)
    assert(kind.httpStatus >= 400 && kind.httpStatus <= 599, code)
    assert(kind.hint.length > 10, code)
    assert(Object.isFrozen(kind), code)
  }
  assert(Object.isFrozen(ERRORS))
})

test('an error takes its hint from the catalogue unless it has a better one', () => {
  assert.equal(new GgenError('usage', 'x').hint, ERRORS.usage.hint)
  assert.equal(new GgenError('usage', 'x', { hint: 'do this' }).hint, 'do this')
  assert.equal(new GgenError('timeout', 'x').kind, ERRORS.timeout)
})

test('the JSON form has details only where there are any', () => {
  assert.deepEqual(JSON.parse(JSON.stringify(new GgenError('usage', 'x', { hint: 'h' }))), { code: 'usage', message: 'x', hint: 'h' })
  const detailed = new GgenError('op-invalid', 'x', { hint: 'h', details: { reason: 'size' }, cause: new Error('inner') })
  assert.deepEqual(JSON.parse(JSON.stringify(detailed)), { code: 'op-invalid', message: 'x', hint: 'h', details: { reason: 'size' } })
})

test('anything thrown gets a code', () => {
  const error = new GgenError('usage', 'x')
  assert.equal(toGgenError(error), error)
  assert.equal(toGgenError(AbortSignal.abort().reason).code, 'cancelled')
  assert.equal(toGgenError(new DOMException('late', 'TimeoutError')).code, 'timeout')
  assert.equal(toGgenError(new TypeError('oops')).code, 'internal')
  assert.equal(toGgenError(new TypeError('oops')).message, 'oops')
  for (const thrown of [undefined, null, 1, 'text', {}]) assert.equal(toGgenError(thrown).code, 'internal')
})

test('codes are narrowed by what the catalogue holds itself', () => {
  assert(isErrorCode('usage'))
  for (const code of ['', 'nope', 'constructor', '__proto__', 'toString', 1, undefined, null]) assert(!isErrorCode(code))
  assert(isGgenError(new GgenError('usage', 'x'), 'usage'))
  assert(!isGgenError(new GgenError('usage', 'x'), 'timeout'))
  assert(!isGgenError(new Error('x')))
  assert(!isGgenError({ code: 'usage' }))
})
