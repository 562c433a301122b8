import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { isPlainText } from './plain-text.ts'

test('text of every script is plain text', () => {
  const texts = ['', 'plain', 'Grüße', '包管理', 'حزمة', '🦀', 'a b', 'e\u0301', 'שלום', '\u00A0', '\uFFFD']
  for (const text of texts) assert(isPlainText(text, 120), text)
})

test('length counts code points', () => {
  assert(isPlainText('🦀🦀', 2))
  assert(!isPlainText('🦀🦀🦀', 2))
  assert(!isPlainText('abc', 2))
  assert(!isPlainText('a'.repeat(1_000_000), 2))
})

test('no control or format character of Unicode 17 is plain text, and nothing that is not well formed', () => {
  const unsafe = /[\p{Cc}\p{Cf}]/u
  for (let point = 0; point <= 0x10_FF_FF; point += 1) {
    const text = String.fromCodePoint(point)
    const expected = text.isWellFormed() && !unsafe.test(text)
    if (isPlainText(`a${text}`, 2) !== expected) assert.fail(`U+${point.toString(16)}`)
  }
})

test('half a surrogate pair is refused wherever it stands', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (before, after) => assert(!isPlainText(`${before}\uD800${after}`, 1000))))
})
