import { GgenError } from '#core'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toNetworkError, toStartError } from './failures.ts'

const quiet = new AbortController().signal

const named = (name: string): Error => Object.assign(new Error('why'), { name })

const codeOf = (thrown: unknown, signal: AbortSignal = quiet): string => toNetworkError(thrown, signal, 'doing it').code

test('The library errors become the codes of the port', () => {
  assert.equal(codeOf(named('DialDeniedError')), 'denied')
  assert.equal(codeOf(named('ConnectionInterceptedError')), 'denied')
  assert.equal(codeOf(named('TimeoutError')), 'timeout')
  const lost = ['ConnectionClosedError', 'StreamResetError', 'UnsupportedProtocolError', 'AggregateError', 'Whatever']
  for (const name of lost) assert.equal(codeOf(named(name)), 'peer-unreachable')
  assert.equal(codeOf('a text'), 'peer-unreachable')
})

test('An error of our own stays what it is', () => {
  const error = new GgenError('too-busy', 'no')
  assert.equal(toNetworkError(error, AbortSignal.abort(), 'x'), error)
})

test('The abort of the caller wins over what the library made of it', () => {
  assert.equal(codeOf(named('StreamResetError'), AbortSignal.abort()), 'cancelled')
  assert.equal(codeOf(named('AbortError'), AbortSignal.abort(named('TimeoutError'))), 'timeout')
  assert.equal(codeOf(named('AbortError'), AbortSignal.abort(new GgenError('peer-unreachable', 'lost'))), 'peer-unreachable')
})

test('An event in place of an error is opened', () => {
  assert.equal(codeOf(Object.assign(new Event('close'), { error: named('TimeoutError') })), 'timeout')
  assert.match(toNetworkError(new Event('close'), quiet, 'asking').message, /asking: .*close/)
})

test('A taken port is told from other reasons not to listen', () => {
  assert.equal(toStartError(new Error('x: listen EADDRINUSE: address already in use')).code, 'port-in-use')
  assert.equal(toStartError(new Error('listen EACCES')).code, 'config-invalid')
})
