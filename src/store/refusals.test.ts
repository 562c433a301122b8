import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '#core'
import { blobNotFound, intentGone, placeTaken, storeClosed, tooManyIntents, wrongDigest } from './refusals.ts'
import { sampleId } from './sample-ops.conformance.ts'

test('every refusal has its code and says what it is about', () => {
  const [expected, actual] = [digestOf(Buffer.from('a')), digestOf(Buffer.from('b'))]
  const op = sampleId('op')
  const refusals = [blobNotFound(expected), wrongDigest(expected, actual), placeTaken(op), intentGone(op), tooManyIntents(), storeClosed()]
  assert.deepEqual(
    refusals.map(({ code, details }) => [code, details]),
    [
      ['blob-not-found', { digest: expected }],
      ['integrity', { expected, actual }],
      ['publish-expired', { op }],
      ['publish-expired', { op }],
      ['too-busy', {}],
      ['cancelled', {}],
    ],
  )
})
