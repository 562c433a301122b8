import assert from 'node:assert/strict'
import { PassThrough, Readable, Writable } from 'node:stream'
import { describe, test } from 'node:test'
import { GgenError } from '#core'
import { seeded, TestClock, until } from '#testing'
import { pour, type PourOptions } from './pour.ts'

const never = new AbortController().signal
const content = seeded('pour').bytes(300_000)

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000)
}

const options = (change: Partial<PourOptions> = {}): PourOptions =>
  ({ length: content.length, clock: new TestClock(), stallTimeoutMs: 1000, signal: never, ...change })

/** Takes bytes and says that it has only when told. */
const slowReader = (): { readonly answer: Writable; readonly waiting: () => boolean; readonly takes: () => void } => {
  let done: (() => void) | undefined
  const answer = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, taken) => void (done = taken) })
  const takes = (): void => {
    const taken = done
    done = undefined
    taken?.()
  }
  return { answer, waiting: () => done !== undefined, takes }
}

describe('pouring chunks into an answer', () => {
  test('sends all bytes in order and ends', async () => {
    const answer = new PassThrough()
    const read = Array.fromAsync<Buffer>(answer)
    await pour(chunksOf(content), answer, options())
    assert.ok(Buffer.concat(await read).equals(content))
  })

  test('a reader that takes nothing for the time of a stall is given up, in the middle and at the end', async () => {
    for (const length of [content.length, 10]) {
      const clock = new TestClock()
      const { answer, waiting, takes } = slowReader()
      const pouring = pour(chunksOf(content.subarray(0, length)), answer, options({ length, clock }))
      const failing = assert.rejects(pouring, { code: 'timeout' })
      await until('it writes', waiting)
      clock.advance(999)
      if (length > 10) {
        takes()
        await until('it writes again', waiting)
      }
      clock.advance(999)
      clock.advance(2)
      await failing
    }
  })

  test('a slow reader is waited for', async () => {
    const clock = new TestClock()
    const { answer, waiting, takes } = slowReader()
    let isOver = false
    const pouring = pour(chunksOf(content), answer, options({ clock })).finally(() => (isOver = true))
    while (!isOver) {
      await until('it writes or ends', () => waiting() || isOver)
      clock.advance(900)
      takes()
    }
    await pouring
  })

  test('waits for its turn before each slice', async () => {
    const paced: number[] = []
    const pace = (bytes: number): Promise<void> | undefined => {
      paced.push(bytes)
      return paced.length % 2 === 0 ? Promise.resolve() : undefined
    }
    await pour(chunksOf(content), new PassThrough().resume(), options({ pace }))
    assert.equal(paced.reduce((sum, bytes) => sum + bytes, 0), content.length)
    assert.ok(paced.every((bytes) => bytes <= 65_536))
  })

  test('ends with the reason of the signal, also while it waits', async () => {
    await assert.rejects(pour(chunksOf(content), new PassThrough().resume(), options({ signal: AbortSignal.abort(new Error('gone')) })), /gone/)
    const leaving = new AbortController()
    const { answer, waiting } = slowReader()
    const failing = assert.rejects(pour(chunksOf(content), answer, options({ signal: leaving.signal })), /left/)
    await until('it writes', waiting)
    leaving.abort(new Error('left'))
    await failing
  })

  test('says when the bytes are there, and fails when there are too few, too many or none', async () => {
    let begun = 0
    const begin = (): void => void begun++
    await pour(chunksOf(content), new PassThrough().resume(), options({ begin }))
    assert.equal(begun, 1)
    for (const length of [content.length - 1, content.length + 1]) {
      const answer = new PassThrough().resume()
      await assert.rejects(pour(chunksOf(content), answer, options({ length })), { code: 'store-broken' })
      assert.ok(!answer.writableEnded)
    }
    const broken = new Readable({ read: () => void broken.destroy(new GgenError('blob-not-found', 'it is gone')) })
    begun = 0
    await assert.rejects(pour(broken, new PassThrough(), options({ begin })), { code: 'blob-not-found' })
    assert.equal(begun, 0)
  })
})
