import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestOf, isGgenError, parsePackageName, parseVersion } from '#core'
import { drain, vouchedBytes } from './vouched-bytes.ts'

const [NAME, VERSION] = [parsePackageName('a'), parseVersion('1.0.0')]
const BYTES = Buffer.from('some bytes')

async function* chunksOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += 3) yield bytes.subarray(offset, offset + 3)
}

const through = async (bytes: Buffer, vouched: { readonly digest?: ReturnType<typeof digestOf>; readonly sizeBytes?: number }): Promise<number> => {
  let passed = 0
  await drain(vouchedBytes(chunksOf(bytes), NAME, { version: VERSION, ...vouched }), (chunk) => { passed += chunk.length })
  return passed
}

describe('bytes that an index vouches for', () => {
  it('pass when they are these', async () => {
    assert.equal(await through(BYTES, { digest: digestOf(BYTES) }), BYTES.length)
    const vouched = vouchedBytes(chunksOf(BYTES), NAME, { version: VERSION, digest: digestOf(BYTES), sizeBytes: 10 })
    const { sha512, sizeBytes } = await drain(vouched, () => undefined)
    assert.deepEqual([sha512.length, sizeBytes], [128, 10])
  })

  it('are refused when they are others, more, fewer, or nobody vouches', async () => {
    const digest = digestOf(BYTES)
    const isRefused = (error: unknown): boolean => isGgenError(error, 'integrity')
    await assert.rejects(through(Buffer.from('other bytes'), { digest }), isRefused)
    await assert.rejects(through(BYTES, { digest, sizeBytes: 9 }), isRefused)
    await assert.rejects(through(BYTES, { digest, sizeBytes: 11 }), isRefused)
    await assert.rejects(through(BYTES, {}), isRefused)
  })
})
