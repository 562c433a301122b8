import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import type { BlobShelf } from '#bulk'
import { digestOf, LIMITS, pieceCount, PieceSet } from '#core'
import { knownPeer, realClock, seeded } from '#testing'
import { shelfOf } from '../blob-source.conformance.ts'
import { answerRange } from './answer-range.ts'

const ALICE = knownPeer('alice').id
const content = seeded('answered').bytes(2 * LIMITS.pieceBytes)
const PATH = `/blob/${digestOf(content)}`

interface Answered {
  /** What the function resolved to. */
  readonly outcome: unknown
  readonly answer: IncomingMessage
  readonly body: Buffer
}

interface Wanted {
  readonly range: string
  /** There is no bandwidth before the asker has heard something. */
  readonly isPaced?: boolean
}

/** Asks over plain HTTP what comes over TLS elsewhere. */
const ask = async (shelf: BlobShelf, path: string, { range, isPaced = false }: Wanted): Promise<Answered> => {
  let outcome: unknown
  const heard = Promise.withResolvers<void>()
  const pace = isPaced ? () => heard.promise : undefined
  const signal = new AbortController().signal
  const server = createServer((request, response) => {
    answerRange({ shelf, clock: realClock, stallTimeoutMs: 1000, pace }, { peer: ALICE, request, response }, signal)
      .then((status) => (outcome = status), (error: unknown) => (outcome = error))
      .finally(() => (response.headersSent ? undefined : response.end()))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    const question = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, path, headers: { range }, agent: false })
    const [answer] = (await once(question, 'response')) as [IncomingMessage]
    heard.resolve()
    const body = Buffer.concat(await Array.fromAsync(answer as AsyncIterable<Buffer>))
    return { outcome, answer, body }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('the answer to one question', () => {
  test('is the range, and where it lies', async () => {
    const { outcome, answer, body } = await ask(shelfOf(content), PATH, { range: 'bytes=1000-299999' })
    assert.equal(outcome, undefined)
    const { statusCode, headers } = answer
    assert.deepEqual([statusCode, headers['content-range'], headers['content-length']], [206, `bytes 1000-299999/${content.length}`, '299000'])
    assert.ok(body.equals(content.subarray(1000, 300_000)))
  })

  test('begins before there is bandwidth for its bytes', async () => {
    const { outcome, body } = await ask(shelfOf(content), PATH, { range: 'bytes=1000-299999', isPaced: true })
    assert.deepEqual([outcome, body.length], [undefined, 299_000])
  })

  test('of an unfinished blob is 404 outside of what is verified', async () => {
    const pieces = new PieceSet(pieceCount(content.length))
    pieces.add(1)
    const shelf = shelfOf(content, pieces)
    const ranges = [['bytes=1048576-1048577', undefined], ['bytes=0-1', 404], ['bytes=1048575-1048576', 404], ['bytes=2097151-2097152', 416]] as const
    for (const [range, status] of ranges) assert.equal((await ask(shelf, PATH, { range })).outcome, status, range)
  })

  test('is 404 for everything that is no blob here', async () => {
    for (const path of ['/', '/blob', `${PATH}x`, `${PATH}?x`, PATH.toUpperCase(), PATH.replace('sha256', 'sha512'), `/blob/sha256:${'0'.repeat(64)}`]) {
      assert.equal((await ask(shelfOf(content), path, { range: 'bytes=0-1' })).outcome, 404, path)
    }
  })
})
