import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { maskCode } from './mask-code.ts'

test('Comments become spaces', () => {
  assert.equal(maskCode('a // b\nc /* d\n e */ f'), 'a     \nc     \n      f')
})

test('The insides of strings become spaces, also with escaped quotes', () => {
  assert.equal(maskCode(`f('a\\'b', "c // d") + g`), `f('    ', "      ") + g`)
})

test('The text of a template becomes spaces and its substitutions stay, at any depth', () => {
  assert.equal(maskCode('`ab${c({ d: `e${f}g` })}h` + i'), '`  ${c({ d: ` ${f} ` })} ` + i')
})

test('Regular expressions become spaces and divisions stay', () => {
  assert.equal(maskCode(`x = /[/'"]\\/a/g.test(y) ? a / b : c / d`), `x = /        /g.test(y) ? a / b : c / d`)
})

test('A quote inside a regular expression does not open a string', () => {
  assert.equal(maskCode(`split(/'/), catch {}`), `split(/ /), catch {}`)
})

test('Length and line ends stay the same for any text', () => {
  const piece = fc.constantFrom('`', '${', '}', '{', "'", '"', '/', '*', '//', '/*', '*/', '\\', '\n', 'a', ' ', '(', '=', '[', ']')
  fc.assert(
    fc.property(fc.oneof(fc.array(piece).map((pieces) => pieces.join('')), fc.string()), (text) => {
      const masked = maskCode(text)
      assert.equal(masked.length, text.length)
      const lineEnds = (from: string): readonly number[] => [...from.matchAll(/\n/g)].map(({ index }) => index)
      assert.deepEqual(lineEnds(masked), lineEnds(text))
    }),
  )
})
