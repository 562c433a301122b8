import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { jsonLine, plainText, shorten } from './plain-text.ts'

const HARMFUL = /[\p{Cc}\p{Cf}\u2028\u2029]/u
const marks = fc.constantFrom('\u001b[31m', '\r', '\n', '\u202e', '\u009b', 'a', '\u200d')
const strangers = fc.oneof(fc.string({ unit: 'binary' }), fc.array(marks).map((parts) => parts.join('')))

describe('plainText', () => {
  it('takes escape sequences, line breaks and hidden marks out', () => {
    assert.equal(plainText('\u001b]0;title\u0007a\r\nb\u202ec\u009b2J'), ']0;titlea bc2J')
  })

  it('leaves nothing that a terminal could obey', () => {
    fc.assert(fc.property(strangers, (text) => assert.ok(!HARMFUL.test(plainText(text)))))
  })
})

describe('jsonLine', () => {
  it('says the same as JSON, in one line without anything invisible', () => {
    fc.assert(fc.property(fc.oneof(strangers, fc.jsonValue()), (value) => {
      const line = jsonLine({ value })
      assert.ok(line.endsWith('\n') && !HARMFUL.test(line.slice(0, -1)))
      assert.deepEqual(JSON.parse(line), JSON.parse(JSON.stringify({ value })))
    }))
  })
})

describe('shorten', () => {
  it('cuts by characters, never through one', () => {
    assert.equal(shorten('abc', 3), 'abc')
    assert.equal(shorten('abcd', 3), 'ab…')
    assert.equal(shorten('😀😀😀', 2), '😀…')
  })
})
