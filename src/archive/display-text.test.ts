import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { cleanLine, cleanText, cutText, quote } from './display-text.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 200 })
const FORGING = new RegExp('[\\p{Cf}\\p{Zl}\\p{Zp}]', 'u')

describe('texts of others', () => {
  it('lose what could forge a terminal or a page', () => {
    assert.equal(cleanText('a\x1b[31mb\u202ec\u0000d\u200be\u{e0041}f\r\ng\rh\ti '), 'a[31mbcdef\ng\nh\ti')
    assert.equal(cleanLine(' a\n\n b\tc\u2028d '), 'a b cd')
    assert.equal(cleanText('\ud800a'), '\ufffda')
    assert.equal(cleanText('e\u0301'), 'é')
  })

  it('never hold a control or format character on one line', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const line = cleanLine(text)
        assert(!FORGING.test(line.replace(/[\u200c\u200d]/gu, '')))
        for (const character of line) assert((character.codePointAt(0) ?? 0) >= 32 && !/[\x7f-\x9f]/.test(character))
        assert(line.isWellFormed() && line === line.normalize('NFC'))
        assert.equal(cleanLine(line), line)
      }),
      { numRuns: 2000 },
    )
  })

  it('are cut between characters', () => {
    assert.equal(cutText('abcdef', 6), 'abcdef')
    assert.equal(cutText('abcdefg', 6), 'abcde…')
    assert.equal(cutText('ab👩👩', 4), 'ab…')
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, max) => {
      const cut = cutText(text.toWellFormed(), max)
      assert(cut.length <= max && cut.isWellFormed())
    }))
  })

  it('are quoted on one line of printable characters', () => {
    assert.equal(quote('a"\n\u202e\x1b\x9b'), '"a\\"\\n\\u{202e}\\u001b\\u{9b}"')
    assert(quote('x'.repeat(1000)).length < 210)
  })
})
