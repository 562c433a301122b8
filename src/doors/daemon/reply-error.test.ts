import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError } from '#core'
import { brokenRequestAnswer, codeError } from './reply-error.ts'

describe('codeError', () => {
  it('keeps coded errors, makes usage of what the asker did wrong, and internal of the rest', () => {
    const coded = new GgenError('too-busy', 'later')
    assert.equal(codeError(coded), coded)
    assert.equal(codeError(Object.assign(new Error('too long'), { statusCode: 413 })).code, 'usage')
    assert.equal(codeError(Object.assign(new Error('odd'), { statusCode: 503 })).code, 'internal')
    assert.equal(codeError(new TypeError('x is undefined')).code, 'internal')
    assert.equal(codeError(new DOMException('gone', 'AbortError')).code, 'cancelled')
    assert.equal(codeError('text').code, 'internal')
  })
})

describe('brokenRequestAnswer', () => {
  it('is a whole HTTP answer with a coded error', () => {
    const [head, body] = brokenRequestAnswer().split('\r\n\r\n')
    assert.match(head ?? '', /^HTTP\/1\.1 400 /)
    assert.ok(head?.includes(`content-length: ${Buffer.byteLength(body ?? '')}`))
    assert.equal((JSON.parse(body ?? '') as { error: { code: string } }).error.code, 'usage')
  })
})
