import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { GgenError } from './errors.ts'
import { readBounded } from './read-bounded.ts'

test('bytes come whole up to the limit, and beyond it nothing does and the sender is left', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 20 })), fc.nat(200), async (parts, mostBytes) => {
    const whole = Buffer.concat(parts)
    let isLeft = false
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield* parts
      } finally {
        isLeft = true
      }
    }
    const reading = readBounded(chunks(), mostBytes, () => new GgenError('usage', 'too many'))
    if (whole.length <= mostBytes) assert.deepEqual(await reading, whole)
    else await assert.rejects(reading, { code: 'usage' })
    assert.ok(isLeft)
  }))
})

test('what goes wrong on the way is thrown as it is', async () => {
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(1)
    throw new GgenError('timeout', 'nothing comes')
  }
  await assert.rejects(readBounded(chunks(), 9, () => assert.fail('it is not too long')), { code: 'timeout' })
})
