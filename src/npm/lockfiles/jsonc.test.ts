import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { plainJson } from './jsonc.ts'

describe('JSON with comments', () => {
  it('is plain JSON without them and without commas at the end of lists', () => {
    const text = '// x\n{ /* , */ "a": [1, 2, /* y */ ], "b": "// no, ]",\n "c": "\\",}", "d": {"e": 1,},// z\n}'
    assert.deepEqual(JSON.parse(plainJson(text)), { a: [1, 2], b: '// no, ]', c: '",}', d: { e: 1 } })
    assert.throws(() => { JSON.parse(plainJson('[1,,]')) }, SyntaxError)
    assert.throws(() => { JSON.parse(plainJson('[1 /* ]')) }, SyntaxError)
    assert.equal(plainJson('/').trim(), '/')
  })

  it('means the same with any of them put in', () => {
    const anyFilling = fc.constantFrom('', ' ', '// "a, ]\n', '/* "}, */', '/**/')
    fc.assert(fc.property(fc.jsonValue(), anyFilling, fc.boolean(), (value, filling, hasComma) => {
      const written = JSON.stringify(value, undefined, 1).split('\n').map((line) => filling + line.trimStart())
      // Every line but the last one in a list ends in a comma.
      const isLast = (index: number): boolean => /^[}\]]/.test(written[index + 1]?.slice(filling.length) ?? '')
      const text = written.map((line, index) => (hasComma && isLast(index) && !/[[{]$/.test(line) ? `${line},` : line)).join('\n')
      assert.deepEqual(JSON.parse(plainJson(text)), JSON.parse(JSON.stringify(value)))
      assert.equal(plainJson(JSON.stringify(value)), JSON.stringify(value))
    }))
  })
})
