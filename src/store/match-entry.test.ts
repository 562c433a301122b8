import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePackageName } from '#core'
import { matchEntry, matchName } from './match-entry.ts'
import { sampleEntry } from './sample-ops.conformance.ts'
import { entryTerms } from './search-terms.ts'

const terms = entryTerms(sampleEntry({ name: parsePackageName('web-tools'), tags: ['http'], description: 'Servers and clients' }))

test('the best field that has all words is named', () => {
  const field = (words: string[], open: 'last' | 'every' = 'last'): unknown => matchEntry(terms, { words, open })?.field
  assert.equal(field(['web', 'tools']), 'exact name')
  assert.equal(field(['webtools']), 'exact name')
  assert.equal(field(['web']), 'name prefix')
  assert.equal(field(['tools']), 'name')
  assert.equal(field(['web', 'http']), 'tag')
  assert.equal(field(['web', 'clien']), 'text')
  assert.equal(field(['clien', 'web']), undefined)
  assert.equal(field(['clien', 'web'], 'every'), 'text')
  assert.equal(field(['lients']), undefined)
  assert.equal(field([]), 'filter')
})

test('whole words are told from beginnings', () => {
  assert.deepEqual(matchEntry(terms, { words: ['servers'], open: 'last' }), { field: 'text', isWhole: true })
  assert.deepEqual(matchEntry(terms, { words: ['server'], open: 'last' }), { field: 'text', isWhole: false })
})

test('letters of several words do not make the beginning of a name', () => {
  assert.equal(matchName(['ab', 'cd'], { words: ['a', 'b'], open: 'last' }), undefined)
  assert.equal(matchName(['ab', 'cd'], { words: ['abc'], open: 'last' }), 'name prefix')
})
