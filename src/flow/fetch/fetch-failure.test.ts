import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf, GgenError } from '#core'
import { whyNot } from './fetch-failure.ts'

test('wrong bytes from everybody who answered are integrity, anything else is that nobody has it', () => {
  const digest = digestOf(new Uint8Array(1))
  const [lie, gone] = [new GgenError('integrity', 'wrong bytes from ada'), new GgenError('peer-unreachable', 'bob is gone')]
  assert.deepEqual([whyNot(digest, []).code, whyNot(digest, [lie, lie]).code, whyNot(digest, [lie, gone]).code], ['no-holder', 'integrity', 'no-holder'])
  const none = new GgenError('blob-not-found', 'cleo has it not')
  assert.deepEqual([whyNot(digest, [none, lie]).code, whyNot(digest, [none]).code], ['integrity', 'no-holder'])
  assert.match(whyNot(digest, [lie, gone]).message, /ada; bob is gone/)
})
