import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { GgenError, parseDigest, type TransferProgress } from '#core'
import type { FetchReply } from '#doors/control'
import { temporaryFolder } from '#testing'
import { streamFetch, type WatchedFetch } from './stream-fetch.ts'

const PROGRESS: TransferProgress = {
  type: 'transfer-progress', digest: parseDigest(`sha256:${'0'.repeat(64)}`), receivedBytes: 1, sizeBytes: 2, bytesPerSecond: 3, sources: 1,
}
const RELEASE = { name: 'a' } as unknown as FetchReply
const FAR_TOO_OFTEN = 100_000

/** The text that an asker gets, who begins to read only when the fetch is over, and what became of the answer. */
const told = async (fetch: WatchedFetch): Promise<{ readonly text: string; readonly result: unknown }> => {
  await using folder = await temporaryFolder()
  const socketPath = join(folder.path, 's')
  const result = Promise.withResolvers<unknown>()
  const server = createServer((_request, raw) => {
    const streaming = streamFetch(fetch, { raw, hijack: () => undefined })
    streaming.then(result.resolve, (error: unknown) => {
      raw.end()
      result.resolve(error)
    })
  }).listen(socketPath)
  await once(server, 'listening')
  const [message] = (await once(get({ socketPath, path: '/', agent: false }), 'response')) as [IncomingMessage]
  await result.promise
  const text = Buffer.concat(await message.toArray()).toString()
  server.close()
  return { text, result: await result.promise }
}

const line = (step: unknown): string => `data: ${JSON.stringify(step)}\n\n`

describe('streamFetch', () => {
  it('sends progress and then the release', async () => {
    const { text, result } = await told(async (onProgress) => {
      onProgress(PROGRESS)
      return RELEASE
    })
    assert.deepEqual([text, result], [line(PROGRESS) + line({ type: 'fetched', release: RELEASE }), undefined])
  })

  it('throws what fails before the first byte, and sends and returns what fails later', async () => {
    const error = new GgenError('no-holder', 'gone')
    assert.deepEqual(await told(() => Promise.reject(error)), { text: '', result: error })
    const late = await told(async (onProgress) => {
      onProgress(PROGRESS)
      throw error
    })
    assert.deepEqual(late, { text: line(PROGRESS) + line({ type: 'failed', error }), result: error })
  })

  it('leaves progress out for an asker that does not read, but not the end', async () => {
    const { text } = await told(async (onProgress) => {
      for (let time = 0; time < FAR_TOO_OFTEN; time++) onProgress(PROGRESS)
      return RELEASE
    })
    assert.ok(text.length < (FAR_TOO_OFTEN * line(PROGRESS).length) / 10, String(text.length))
    assert.ok(text.endsWith(line({ type: 'fetched', release: RELEASE })))
  })
})
