import type { Stream } from '@libp2p/interface'
import { streamPair } from '@libp2p/utils'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasCode, soon } from '../network-lab.conformance.ts'
import { encodeLength } from './frame.ts'
import { readFrame, sendFrame } from './stream-frames.ts'

const limits = (signal: AbortSignal = soon(), firstByteMs = 20_000) => ({ maxBytes: 100_000, firstByteMs, signal })

const sent = async (stream: Stream, ...parts: readonly Uint8Array[]): Promise<void> => sendFrame(stream, parts, soon())

test('What is sent as a frame is read as a frame', async () => {
  const [out, inbound] = await streamPair()
  const payload = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256)
  const [frame] = await Promise.all([readFrame(inbound, limits()), sent(out, encodeLength(payload.length), payload)])
  assert(Buffer.from(frame).equals(payload))
})

test('A frame that was complete before anybody read it is read all the same', async () => {
  const [out, inbound] = await streamPair()
  await sent(out, Uint8Array.of(3, 1, 2, 3))
  await new Promise((resolve) => inbound.addEventListener('remoteCloseWrite', resolve, { once: true }))
  assert.deepEqual([...(await readFrame(inbound, limits()))], [1, 2, 3])
})

test('An empty frame is a frame', async () => {
  const [out, inbound] = await streamPair()
  const [frame] = await Promise.all([readFrame(inbound, limits()), sent(out, Uint8Array.of(0))])
  assert.equal(frame.length, 0)
})

test('Bytes behind the frame, a cut frame and a huge length abort the stream', async () => {
  for (const bytes of [[1, 7, 8], [5, 1, 2], [0xff, 0xff, 0x7f], []]) {
    const [out, inbound] = await streamPair()
    const reading = assert.rejects(readFrame(inbound, limits()), hasCode('frame-invalid'), bytes.join())
    await Promise.allSettled([sent(out, Uint8Array.from(bytes))])
    await reading
    assert.notEqual(inbound.status, 'open')
  }
})

test('A stream on which nothing comes is given up', async () => {
  const [, inbound] = await streamPair()
  await assert.rejects(readFrame(inbound, limits(soon(), 20)), hasCode('timeout'))
  assert.equal(inbound.status, 'aborted')
})

test('Once the first byte is there, only the signal limits the rest', async () => {
  const [out, inbound] = await streamPair()
  const controller = new AbortController()
  const reading = assert.rejects(readFrame(inbound, limits(controller.signal, 200)), { message: 'enough' })
  inbound.addEventListener('message', () => controller.abort(new Error('enough')))
  out.send(Uint8Array.of(9))
  await reading
})

test('A stream that is reset while it is read says that the peer is gone', async () => {
  const [out, inbound] = await streamPair()
  const reading = assert.rejects(readFrame(inbound, limits()), hasCode('peer-unreachable'))
  out.send(Uint8Array.of(9, 1))
  out.abort(new Error('gone'))
  await reading
})

test('A stream that is dead already says so', async () => {
  const [, inbound] = await streamPair()
  inbound.abort(new Error('gone'))
  await assert.rejects(readFrame(inbound, limits()), hasCode('peer-unreachable'))
})

test('A signal that has aborted already reads nothing', async () => {
  const [, inbound] = await streamPair()
  await assert.rejects(readFrame(inbound, limits(AbortSignal.abort(new Error('no')))), { message: 'no' })
})
