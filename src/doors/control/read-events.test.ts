import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError, type GgenEvent, isGgenError } from '#core'
import { readEvents } from './read-events.ts'

const inPieces = async function* (bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array, void, undefined> {
  let offset = 0
  for (const size of sizes) {
    yield bytes.subarray(offset, offset + size)
    offset += size
  }
  yield bytes.subarray(offset)
}

const read = (text: string, sizes: readonly number[] = []): Promise<GgenEvent[]> => Array.fromAsync(readEvents(inPieces(Buffer.from(text), sizes)))

describe('readEvents', () => {
  it('reads events and skips comments', async () => {
    const events = await read(':\n\ndata: {"type":"task-failed","task":"ä"}\n\n: alive\n\nid: 7\ndata:{"type":"synced"}\n\ndata: {"type":"cut off"')
    assert.deepEqual(events, [{ type: 'task-failed', task: 'ä' }, { type: 'synced' }])
  })

  it('reads the same events however the bytes are cut', async () => {
    const text = ':\n\ndata: {"type":"task-failed","task":"ä€😀"}\n\ndata: {"type":"synced","added":3}\n\n'
    const whole = await read(text)
    await fc.assert(fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 12 }), async (sizes) => assert.deepEqual(await read(text, sizes), whole)))
  })

  it('refuses events that are not JSON, have no type or never end', async () => {
    for (const text of ['data: {\n\n', 'data: 1\n\n', 'data: null\n\n', 'data: {"type":1}\n\n', `data: ${'x'.repeat(1024 * 1024)}`]) {
      await assert.rejects(read(text), (error) => isGgenError(error, 'frame-invalid'), text.slice(0, 20))
    }
  })

  it('lets only coded errors out for random bytes', async () => {
    const piece = fc.oneof(fc.constantFrom('data:', 'data: {"type":"synced"}', '\n', '\n\n', ':', '{', '}'), fc.string())
    await fc.assert(fc.asyncProperty(fc.array(piece), async (pieces) => {
      try {
        await read(pieces.join(''))
      } catch (error) {
        assert.ok(error instanceof GgenError && error.code === 'frame-invalid', String(error))
      }
    }))
  })
})
