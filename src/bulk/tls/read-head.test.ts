import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isGgenError, LIMITS } from '#core'
import { readHead } from './read-head.ts'

const head = (...lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
const OK = 'HTTP/1.1 206 Partial Content'

describe('the head of an answer', () => {
  test('tells status, length, range, and whether the connection stays', () => {
    const bytes = head(OK, 'Content-Length: 10', 'content-range:bytes 0-9/20 ', 'keep-alive: timeout=60', 'connection: keep-alive')
    const read = { status: 206, length: 10, range: 'bytes 0-9/20', stays: true, headBytes: bytes.length }
    assert.deepEqual(readHead(bytes), read)
    assert.deepEqual(readHead(Buffer.concat([bytes, Buffer.from('body\r\n\r\n')])), read)
    assert.equal(readHead(head('HTTP/1.1 404 Not Found', 'content-length: 0', 'Connection: Close'))?.stays, false)
  })

  test('is waited for to its end, and not for ever', () => {
    const bytes = head(OK, 'content-length: 1')
    for (let length = 0; length < bytes.length; length++) assert.equal(readHead(bytes.subarray(0, length)), undefined)
    assert.throws(() => readHead(Buffer.alloc(LIMITS.bulkHeaderBytes, 'a')), { code: 'frame-invalid' })
  })

  test('is refused when it could be read in two ways, or is none', () => {
    const wrong = [
      head('HTTP/1.1 100 Continue'), head('HTTP/1.1 103 Early Hints', 'content-length: 0'), head('HTTP/1.0 206 Partial Content', 'content-length: 1'),
      head('HTTP/1.1 206'), head('SSH-2.0-OpenSSH'), head(OK), head(OK, 'content-length: 1', 'Content-Length: 2'), head(OK, 'content-length: -1'),
      head(OK, 'content-length: 01'), head(OK, 'content-length: 1, 1'), head(OK, 'content-length: 99999999999999'), head(OK, 'content-length : 1'),
      head(OK, 'content-length: 1', 'transfer-encoding: chunked'), head(OK, 'content-length: 1', ' folded'), head(OK, 'content-length: 1', 'x: \x01'),
      head(OK, 'content-length: 1\n'), head(OK, ...Array.from({ length: 40 }, (_, index) => `x-${index}: 1`), 'content-length: 1'),
    ]
    for (const bytes of wrong) assert.throws(() => readHead(bytes), { code: 'frame-invalid' }, bytes.toString())
  })

  test('whatever comes is read, waited for, or refused with a code', () => {
    const pieces = fc.array(fc.constantFrom(OK, 'HTTP/1.1 ', '404 x', '\r\n', '\r\n\r\n', 'content-length: 5', ': ', '\n', '\0', 'content-range: bytes 0-1/2'))
    const any = fc.oneof(fc.uint8Array({ maxLength: 300 }), pieces.map((parts) => Buffer.from(parts.join(''), 'latin1')))
    fc.assert(
      fc.property(any, (bytes) => {
        try {
          const read = readHead(bytes)
          assert.ok(read === undefined || (read.headBytes <= bytes.length && Number.isSafeInteger(read.length)))
        } catch (error) {
          assert.ok(isGgenError(error, 'frame-invalid'), String(error))
        }
      }),
      { numRuns: 3000 },
    )
  })
})
