import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError, isGgenError } from '#core'
import { readFetch } from './read-fetch.ts'

const read = (text: string, onProgress: (progress: unknown) => void = () => undefined): Promise<unknown> =>
  readFetch(ReadableStream.from([Buffer.from(text)]) as AsyncIterable<Uint8Array>, onProgress)

const line = (step: unknown): string => `data: ${JSON.stringify(step)}\n\n`
const PROGRESS = { type: 'transfer-progress', receivedBytes: 1, sizeBytes: 2 }

describe('readFetch', () => {
  it('hears progress until the release comes, and skips what it does not know', async () => {
    const heard: unknown[] = []
    const text = [PROGRESS, { type: 'newer' }, PROGRESS, { type: 'fetched', release: 7 }, PROGRESS].map(line).join('')
    assert.equal(await read(text, (progress) => heard.push(progress)), 7)
    assert.deepEqual(heard, [PROGRESS, PROGRESS])
  })

  it('throws what the node threw, and says when the node went away', async () => {
    await assert.rejects(read(line(PROGRESS) + line({ type: 'failed', error: new GgenError('integrity', 'wrong') })), { code: 'integrity', message: 'wrong' })
    await assert.rejects(read(line(PROGRESS)), (error) => isGgenError(error, 'daemon-not-running'))
  })

  it('lets only coded errors out for arbitrary steps', async () => {
    const step = fc.oneof(fc.record({ type: fc.constantFrom('transfer-progress', 'fetched', 'failed', 'x') }), fc.jsonValue())
    await fc.assert(fc.asyncProperty(fc.array(step), async (steps) => {
      await read(steps.map(line).join('')).catch((error: unknown) => assert.ok(error instanceof GgenError, String(error)))
    }))
  })
})
