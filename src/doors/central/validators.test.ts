import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isUnchanged, mayResume } from './validators.ts'

test('a tag is found in a list, weak or strong, and the star means anything', () => {
  for (const header of ['"a"', 'W/"a"', '"b", "a"', ' * ']) assert.ok(isUnchanged(header, '"a"'), header)
  for (const header of [undefined, '', '"b"', 'a', '"a']) assert.ok(!isUnchanged(header, '"a"'), String(header))
})

test('a part is given only of exactly what is there', () => {
  assert.deepEqual([undefined, '"a"', 'W/"a"', '"b"', 'Wed, 21 Oct 2015 07:28:00 GMT'].map((header) => mayResume(header, '"a"')), [true, true, false,
    false, false])
})
