import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { GgenError } from '#core'
import { temporaryFolder } from '#testing'
import { streamBlob } from './stream-blob.ts'

interface Sent {
  /** What `streamBlob` returned or threw. */
  readonly outcome: unknown
  readonly received: string
  readonly complete: boolean
  readonly hijacked: boolean
}

const receive = async (message: IncomingMessage, onPiece: () => void): Promise<string> => {
  const pieces: Buffer[] = []
  try {
    for await (const piece of message as AsyncIterable<Buffer>) {
      pieces.push(piece)
      onPiece()
    }
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ECONNRESET')
  }
  return Buffer.concat(pieces).toString()
}

/** Sends chunks over a real connection. */
const send = async (chunks: AsyncIterable<Uint8Array>, signal = new AbortController().signal, onPiece = (): void => undefined): Promise<Sent> => {
  await using folder = await temporaryFolder()
  const socketPath = join(folder.path, 's')
  let hijacked = false
  const { promise: outcome, resolve } = Promise.withResolvers<unknown>()
  const server = createServer((_request, raw) => {
    const reply = { raw, hijack: () => (hijacked = true) }
    streamBlob(chunks, reply, signal).then(resolve, (error: unknown) => {
      resolve(error)
      raw.end('thrown')
    })
  }).listen(socketPath)
  await once(server, 'listening')
  const [message] = (await once(get({ socketPath, path: '/', agent: false }), 'response')) as [IncomingMessage]
  const received = await receive(message, onPiece)
  server.close()
  return { outcome: await outcome, received, complete: message.complete, hijacked }
}

const failing = async function* (pieces: readonly string[], error?: Error): AsyncGenerator<Uint8Array, void, undefined> {
  for (const piece of pieces) yield Buffer.from(piece)
  if (error !== undefined) throw error
}

describe('streamBlob', () => {
  it('sends every chunk in order', async () => {
    assert.deepEqual(await send(failing(['one ', 'two ', 'three'])), { outcome: undefined, received: 'one two three', complete: true, hijacked: true })
    assert.deepEqual(await send(failing([])), { outcome: undefined, received: '', complete: true, hijacked: true })
  })

  it('throws what fails before the first chunk, so that it can become an error answer', async () => {
    const missing = new GgenError('blob-not-found', 'not here')
    assert.deepEqual(await send(failing([], missing)), { outcome: missing, received: 'thrown', complete: true, hijacked: false })
  })

  it('cuts the connection when a later chunk fails, so that the answer does not look whole', async () => {
    const broken = new GgenError('store-broken', 'the disk is gone')
    const received = Promise.withResolvers<void>()
    const breaking = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
      yield Buffer.from('one')
      await received.promise
      throw broken
    }
    assert.deepEqual(await send(breaking(), undefined, received.resolve), { outcome: broken, received: 'one', complete: false, hijacked: true })
  })

  it('stops reading when its signal aborts', async () => {
    const controller = new AbortController()
    let closed = false
    const endless = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
      try {
        for (;;) yield Buffer.alloc(65_536)
      } finally {
        closed = true
      }
    }
    const { outcome, complete } = await send(endless(), controller.signal, () => controller.abort())
    assert.deepEqual({ outcome, complete, closed }, { outcome: undefined, complete: false, closed: true })
  })
})
