import { digestOf } from '#core'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { rendezvousKey } from './rendezvous-key.ts'

test('A key is the hash of kind and text, so that kinds never meet', () => {
  const digest = digestOf(Buffer.from('a blob'))
  const expected = createHash('sha256').update(`ggen:1:blob:${digest}`).digest()
  assert.deepEqual(Buffer.from(rendezvousKey('blob', digest)), expected)
  const keys = (['blob', 'name', 'id'] as const).map((kind) => Buffer.from(rendezvousKey(kind, 'x')).toString('hex'))
  assert.equal(new Set(keys).size, 3)
})

test('The key in docs/protocol/rendezvous.md is what this makes of its digest', () => {
  const digest = digestOf(Buffer.from('hello world'))
  assert.equal(digest, 'sha256:b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9')
  assert.equal(Buffer.from(rendezvousKey('blob', digest)).toString('hex'), '9442d2d6a171f3b30e446a51888d64d2d9887b00cdaac6fa0c0b7384af25bb8c')
})
