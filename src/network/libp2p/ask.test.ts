import { LIMITS } from '#core'
import type { Network } from '#network'
import type { Stream } from '@libp2p/interface'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { suite, test } from 'node:test'
import { bytes, hasCode, realClock, soon } from '../network-lab.conformance.ts'
import { createAsk } from './ask.ts'
import { encodeLength } from './frame.ts'
import { openStream } from './open-stream.ts'
import { honest, rawNode, type RawNode } from './raw-node.conformance.ts'

const PROTOCOL = '/ggen/blob/1'

/** An honest asker and a peer that answers as the test says. */
const open = async (misbehave: (stream: Stream, liar: RawNode) => void | Promise<void>): Promise<{ asker: Network; liar: RawNode } & AsyncDisposable> => {
  const [asker, liar] = [await honest(), await rawNode()]
  await liar.node.handle(PROTOCOL, (stream) => misbehave(stream, liar))
  await asker.dial(liar.address, soon())
  return {
    asker, liar,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([asker[Symbol.asyncDispose](), liar[Symbol.asyncDispose]()])
    },
  }
}

const reply =
  (...parts: readonly (readonly number[] | Uint8Array)[]) =>
  async (stream: Stream): Promise<void> => {
    for (const part of parts) stream.send(Uint8Array.from(part))
    await stream.close({ signal: soon() })
  }

const LIES: Readonly<Record<string, (stream: Stream) => Promise<void>>> = {
  'an answer that is cut short': reply([10, 0, 1, 2]),
  'an answer with bytes behind it': reply([2, 0, 1, 99]),
  'two answers': reply([2, 0, 1], [2, 0, 1]),
  'a promise of two megabytes': reply([0xff, 0xff, 0x7f]),
  'an unknown status': reply([2, 9, 1]),
  'a busy status with bytes': reply([2, 1, 1]),
  'no status': reply([0]),
  'nothing at all': reply(),
  'random bytes': reply(randomBytes(5000)),
  'more than the largest answer': reply(encodeLength(LIMITS.messageBytes + 2), new Uint8Array(LIMITS.messageBytes + 2)),
}

for (const [what, misbehave] of Object.entries(LIES)) {
  test(`${what[0]?.toUpperCase()}${what.slice(1)} is refused`, async () => {
    await using scene = await open(misbehave)
    await assert.rejects(scene.asker.ask(scene.liar.self, PROTOCOL, bytes('?'), soon()), hasCode('frame-invalid'))
  })
}

test('A peer that resets the stream or cuts the connection in the middle of an answer is out of reach', async () => {
  await using reset = await open((stream) => {
    stream.send(Uint8Array.of(100, 0, 1))
    stream.abort(new Error('gone'))
  })
  await assert.rejects(reset.asker.ask(reset.liar.self, PROTOCOL, bytes('?'), soon()), hasCode('peer-unreachable'))
  await using cut = await open((stream, liar) => {
    stream.send(Uint8Array.of(100, 0, 1))
    for (const connection of liar.node.getConnections()) connection.abort(new Error('gone'))
  })
  await assert.rejects(cut.asker.ask(cut.liar.self, PROTOCOL, bytes('?'), soon()), hasCode('peer-unreachable'))
})

suite('Peers that take their time', { concurrency: true }, () => {
  test('A peer that answers nothing is given up after the time for the first byte', async () => {
    await using scene = await open(() => undefined)
    const startedMs = performance.now()
    await assert.rejects(scene.asker.ask(scene.liar.self, PROTOCOL, bytes('?'), soon()), hasCode('timeout'))
    assert(performance.now() - startedMs < LIMITS.askTimeoutMs)
  })

  test('A peer that lets an answer trickle is given up after the time for the whole', async () => {
    await using scene = await open((stream) => {
      stream.send(encodeLength(1000))
      const drops = setInterval(() => (stream.writeStatus === 'writable' ? stream.send(Uint8Array.of(0)) : clearInterval(drops)), 100)
    })
    const startedMs = performance.now()
    await assert.rejects(scene.asker.ask(scene.liar.self, PROTOCOL, bytes('?'), soon()), hasCode('timeout'))
    assert(Math.abs(performance.now() - startedMs - LIMITS.askTimeoutMs) < 3000)
  })
})

test('A question uses the connection that is there', async () => {
  await using scene = await open(reply([1, 0]))
  const { asker, liar } = scene
  for (let count = 0; count < 5; count += 1) await asker.ask(liar.self, PROTOCOL, bytes('?'), soon())
  assert.equal(liar.node.getConnections().length, 1)
})

test('Without the network around it, a question still works and ends with its node', async () => {
  await using other = await honest()
  await using raw = await rawNode()
  other.answer(PROTOCOL, async (question) => question)
  await raw.connect(other)
  const stopping = new AbortController()
  const ask = createAsk({ node: raw.node, clock: realClock, stopping: stopping.signal })
  assert.deepEqual(await ask(other.self, PROTOCOL, bytes('?'), soon()), bytes('?'))
  const stream = await openStream(raw.node, { peer: other.self, protocol: PROTOCOL }, soon())
  assert.equal(stream.protocol, PROTOCOL)
  stopping.abort(new DOMException('over', 'AbortError'))
  await assert.rejects(ask(other.self, PROTOCOL, bytes('?'), soon()), hasCode('cancelled'))
})
