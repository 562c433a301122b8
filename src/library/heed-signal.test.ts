import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { GgenError } from '#core'
import { codedCall, codedStream, heedSignal } from './heed-signal.ts'

const never = new AbortController().signal

test('a promise that nobody can end is left when the signal aborts', async () => {
  const leaving = new AbortController()
  const waiting = assert.rejects(heedSignal(() => new Promise(() => undefined), leaving.signal), /enough/)
  leaving.abort(new Error('enough'))
  await waiting
  assert.equal(await heedSignal(async () => 1, never), 1)
  await assert.rejects(heedSignal(() => assert.fail('begun all the same'), AbortSignal.abort(new Error('before'))), /before/)
})

test('whatever a call throws has a code', async () => {
  const failing = async (error: unknown): Promise<unknown> => await codedCall(() => Promise.reject(error as Error))
  await assert.rejects(failing(new GgenError('no-holder', 'x')), { code: 'no-holder' })
  await assert.rejects(failing(new DOMException('x', 'AbortError')), { name: 'GgenError', code: 'cancelled' })
  await assert.rejects(failing(new DOMException('x', 'TimeoutError')), { code: 'timeout' })
  await assert.rejects(failing(new TypeError('x')), { code: 'internal' })
  assert.equal(await codedCall(async () => 1), 1)
})

test('leaving a loop tells whoever sends, and so does its end', async () => {
  for (const pieces of [3, 1]) {
    const left = new AbortController()
    const told = once(left.signal, 'abort')
    const send = async function* (): AsyncGenerator<number> {
      for (let piece = 0; piece < pieces; piece++) yield piece
    }
    for await (const piece of codedStream(send(), left)) if (piece === 1) break
    await told
  }
  const failing = async function* (): AsyncGenerator<number> {
    yield 1
    throw new DOMException('x', 'AbortError')
  }
  await assert.rejects(Array.fromAsync(codedStream(failing(), new AbortController())), { code: 'cancelled' })
})
