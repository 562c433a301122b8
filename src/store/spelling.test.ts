import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Spelling } from './spelling.ts'

const spelling = new Spelling()
spelling.add(Object.entries({ request: 90, requests: 5, server: 40, serber: 1, json: 50 }).map(([word, count]) => ({ word, count })))

test('letters that are missing, too many, wrong or swapped are set right', () => {
  for (const slip of ['reqest', 'requesst', 'rekuest', 'reuqest', 'rqeuest']) assert.equal(spelling.correct(slip), 'request', slip)
  assert.equal(spelling.correct('serevr'), 'server')
})

test('a word that many names have is no slip, a rare one may be', () => {
  assert.equal(spelling.correct('request'), undefined)
  assert.equal(spelling.correct('requests'), undefined)
  assert.equal(spelling.correct('serber'), 'server')
})

test('short words are left alone, and so is what nothing is like', () => {
  for (const word of ['jso', 'xyzzyx', '']) assert.equal(spelling.correct(word), undefined, word)
  assert.deepEqual(spelling.correctAll(['reqest', 'jso', 'servr']), ['request', 'jso', 'server'])
  assert.equal(spelling.correctAll(['request', 'jso']), undefined)
})

test('whatever single letter is left out of a long word, the word is found', () => {
  const word = fc.string({ unit: fc.constantFrom(...'abcdefghij'), minLength: 6, maxLength: 12 })
  fc.assert(fc.property(word, fc.nat(11), (given, at) => {
    const own = new Spelling()
    own.add([{ word: given, count: 5 }])
    const slip = given.slice(0, at % given.length) + given.slice((at % given.length) + 1)
    assert.equal(own.correct(slip), given)
  }))
})
