import assert from 'node:assert/strict'
import { it } from 'node:test'
import { changeOf, type FileLine, joined, usualEnd, withoutOwn } from './own-edits.ts'

const line = (text: string, end = '\n'): FileLine => ({ text, end })

it('takes out own lines, also those that come together when others go', () => {
  const own = { isOwn: ({ text }: FileLine, above?: FileLine) => text === 'own' && above?.text === '+', heldIn: () => undefined }
  assert.equal(joined(withoutOwn(['a', '+', '+', 'own', 'own', 'own'].map((text) => line(text)), own).lines), 'a\nown\n')
})

it('shows lines without secrets, and ends new ones as the others end', () => {
  const texts = ['//h/:_password = x', 'npmAuthToken: "x"', '"npmAuthToken": x', 'registry=https://me:x@h/']
  assert.ok(texts.every((text) => !/x$|x"|:x/.test(changeOf(line(text), undefined).before ?? 'x')))
  assert.deepEqual([usualEnd([line('a', '\r\n'), line('b')]), usualEnd([line('a', '')])], ['\r\n', '\n'])
})
