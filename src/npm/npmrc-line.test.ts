import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { npmrcLines } from './npmrc-line.ts'

const pairsOf = (file: string): unknown => npmrcLines(file).flatMap(({ key, value }) => (key === undefined ? [] : [[key, value]]))

describe('the lines of an .npmrc', () => {
  it('are read as npm reads them', () => {
    assert.deepEqual(pairsOf([
      'registry=https://r.example/', ' spaced = a b ', '; comment', '  # comment', 'alone', 'quoted="a;b\\n"', "single='a#b'", 'cut=a;b',
      'kept=a\\;b\\#c\\\\d\\e',
      '//h/:_authToken=a=b', '"@s:registry"=x', '', '=none', 'empty=', 'ca[]=one', 'broken="a', 'last=\\', '[section]', 'registry=inside',
    ].join('\n')), [
      ['registry', 'https://r.example/'], ['spaced', 'a b'], ['alone', 'true'], ['quoted', 'a;b\n'], ['single', 'a#b'], ['cut', 'a'], ['kept', 'a;b#c\\d\\e'],
      ['//h/:_authToken', 'a=b'], ['@s:registry', 'x'], ['empty', ''], ['ca[]', 'one'], ['broken', '"a'], ['last', '\\'],
    ])
  })

  it('end as every system ends them', () => {
    assert.deepEqual(pairsOf('a=1\r\nb=2\rc=3\n\n\r\nd=4'), [['a', '1'], ['b', '2'], ['c', '3'], ['d', '4']])
  })

  it('are the file again when put together, whatever it is', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', '=', ';', '#', '\\', '"', "'", '\r', '\n', '[', ']', ' ', '\u2028', '\uFEFF', '\0') }),
      (file) => {
      assert.equal(npmrcLines(file).map(({ text, end }) => text + end).join(''), file)
    }), { numRuns: 2000 })
  })
})
