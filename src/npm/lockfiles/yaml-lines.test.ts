import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LOCKFILE_LIMITS } from './lockfile-limits.ts'
import { fieldsInLine, unquoted, yamlBlocks, yamlLines } from './yaml-lines.ts'

class Fault extends Error {}
const fault = (what: string): never => { throw new Fault(what) }
const read = (text: string): readonly unknown[] => yamlLines(text, fault).map(({ indent, key, value }) => [indent, key, value])

describe('lines of YAML', () => {
  it('are keys with values, with or without quotes', () => {
    const text = '# x\n---\na:\n\n  \'it\'\'s: x\':   plain: text \r\n  "q\\"": \'\'\'\'\n  file:x: {}\nlast: "\\u0041"'
    assert.deepEqual(read(text), [[0, 'a', ''], [2, "it's: x", 'plain: text'], [2, 'q"', "'"], [2, 'file:x', '{}'], [0, 'last', 'A']])
  })

  it('leave out lists and texts of several lines, whatever is in them', () => {
    const text = 'a: |-\n  ? no\n\n  - no: x\n    "\nb:\n  - c: 1\n    d: 2\n  -\n    e: f\ng: >\n   x\nh: i'
    assert.deepEqual(read(text), [[0, 'a', ''], [0, 'b', ''], [0, 'g', ''], [0, 'h', 'i']])
  })

  it('may have a key of their own line before them', () => {
    assert.deepEqual(read('? "a, b"\n:\n  c: d\n'), [[0, 'a, b', ''], [2, 'c', 'd']])
    assert.deepEqual(read('x:\n  ? \'a\'\n  : c: d\n    e: f\n  ? g\n  : {}\n'), [[0, 'x', ''], [2, 'a', ''], [4, 'c', 'd'], [4, 'e', 'f'], [2, 'g', '']])
  })

  it('are refused where they are anything else', () => {
    for (const text of ['a', '&x a: b', '!t a: b', '\ta: b', '{a: b}', '<<<<<<< HEAD', '"a: b', 'a: "\\x"', "a: 'b' c", '? a', '? a\nb: c', '*a : b']) {
      assert.throws(() => read(text), Fault, text)
    }
    assert.throws(() => read(`a: ${'b'.repeat(LOCKFILE_LIMITS.lineChars)}`), Fault)
    assert.throws(() => unquoted('"a" b"', fault), Fault)
  })

  it('make blocks with the fields right below them', () => {
    const lines = yamlLines('a:\n  b:\n    c: 1\n    d:\n      c: 2\n  e: {}\nf:\n  b:\n    c: 3\n---\na:\n  g:\n    c: 4', fault)
    const blocks = yamlBlocks(lines, 2, 'a').map(({ key, fields }) => [key, ...fields])
    assert.deepEqual(blocks, [['b', ['c', '1'], ['d', '']], ['e'], ['g', ['c', '4']]])
    assert.deepEqual(yamlBlocks(lines, 0).map(({ key, fields }) => [key, ...fields.keys()]), [['a', 'b', 'e'], ['f', 'b'], ['a', 'g']])
  })

  it('may hold a table in one line', () => {
    assert.deepEqual([...fieldsInLine("{a: b-c==, d: 'e, ''}', f: \"g}\"}", fault) ?? []], [['a', 'b-c=='], ['d', "e, '}"], ['f', 'g}']])
    assert.deepEqual([...fieldsInLine('{}', fault) ?? assert.fail()], [])
    for (const text of ['', 'x', '[a]', '{a: {b: c}}', '{a: [b]}', '{a}', '{a: b} c']) assert.equal(fieldsInLine(text, fault), undefined, text)
  })
})
