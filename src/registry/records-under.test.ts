import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parsePackageName } from '#core'
import { Publisher } from '#testing'
import { recordsUnder } from './records-under.ts'

const tool = parsePackageName('tool')

test('only what is of the name stays, with the chains of those who publish under it, in the same order', () => {
  const [alice, bob] = [new Publisher('alice'), new Publisher('bob')]
  const [meant, other, foreign] = [alice.release('tool', '1.0.0').bytes, alice.release('tools', '1.0.0').bytes, bob.release('tools', '1.0.0').bytes]
  assert.deepEqual(recordsUnder(tool, [foreign, bob.genesis, other, alice.genesis, meant]), [alice.genesis, meant])
})

test('bytes that are no record are of no package, whatever they are', () => {
  const release = new Publisher('alice').release('tool', '1.0.0').bytes
  assert.doesNotThrow(() => fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(release.length), (bytes, cut) => {
    recordsUnder(tool, [bytes, release.subarray(0, cut), Buffer.concat([release.subarray(0, cut), bytes])])
  })))
})
