import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AskedTerms, type Expand, MatchExpression } from './match-expression.ts'

const common: Expand = (mark, beginning) => (beginning === 'a' ? [`${mark}a`, `${mark}and`] : undefined)
const expressionOf = (asked: Partial<AskedTerms>): MatchExpression => new MatchExpression({ words: [], facets: [], open: 'last', ...asked }, common)

test('whole words and facets are terms that must all hold', () => {
  const expression = expressionOf({ words: ['json', 'file'], facets: ['§c77'] })
  assert.equal(expression.text('whole'), '("json") AND ("file") AND "§c77"')
  assert.equal(expression.name('whole'), '("§njson") AND ("§nfile") AND "§c77"')
  assert.equal(expression.tag('whole'), '("§njson" OR "§wjson") AND ("§nfile" OR "§wfile") AND "§c77"')
})

test('a single word is asked for in tags alone', () => {
  assert.equal(expressionOf({ words: ['json'] }).tag('begun'), '("§wjson"*)')
})

test('the last word may be the beginning of one, or each', () => {
  assert.equal(expressionOf({ words: ['json', 'fi'] }).text('begun'), '("json") AND ("fi"*)')
  assert.equal(expressionOf({ words: ['json', 'fi'], open: 'every' }).text('begun'), '("json"*) AND ("fi"*)')
})

test('a beginning that is too common is asked for by the words that stand for it', () => {
  assert.equal(expressionOf({ words: ['json', 'a'] }).text('begun'), '("json") AND ("a" OR "and")')
})

test('what is necessary leaves out the words that the index cannot give completely, and says so', () => {
  const necessary = (asked: Partial<AskedTerms>): readonly unknown[] => Object.values(expressionOf(asked).necessary())
  assert.deepEqual(necessary({ words: ['json', 'a'], facets: ['§c77'] }), ['"json" AND "§c77"', false])
  assert.deepEqual(necessary({ words: ['json', 'fi'] }), ['"json" AND "fi"*', true])
  assert.deepEqual(necessary({ words: ['a', 'json'] }), ['"a" AND "json"*', true])
  assert.deepEqual(necessary({ words: ['a'] }), ['', false])
})

test('without words and facets there is nothing to ask', () => {
  assert.equal(expressionOf({}).text('begun'), '')
})
