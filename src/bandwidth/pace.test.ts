import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LIMITS, parsePeerId, type PeerId } from '#core'
import { TestClock } from '#testing'
import { Bandwidth } from './bandwidth.ts'
import { downloadPace, uploadPace } from './pace.ts'

const peerOf = (letter: string): PeerId => parsePeerId(`12D3Koo${letter.repeat(45)}`)
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const MB = 1e6

/** Bytes as a holder sends them: chunks of changing size, without end. */
const endless = async function* (chunks: readonly number[]): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = new Uint8Array(1_048_576)
  for (let index = 0; ; index++) yield bytes.subarray(0, chunks[index % chunks.length])
}

const runFor = async (clock: TestClock, durationMs: number): Promise<void> => {
  for (let ms = 0; ms < durationMs; ms++) {
    clock.advance(1)
    await turn()
  }
}

describe('pace', () => {
  it('shares one limit between two downloads that somebody waits for, while one in the background gets a trickle', async () => {
    const clock = new TestClock()
    const bandwidth = new Bandwidth(clock, { down: 4 * MB })
    const ending = new AbortController()
    const download = (urgency: 'interactive' | 'background', peers: readonly string[], chunks: readonly number[]): { bytes: number } => {
      const pace = downloadPace(bandwidth, urgency)
      const got = { bytes: 0 }
      const read = async (peer: PeerId): Promise<void> => {
        for await (const chunk of endless(chunks)) {
          try {
            await pace(peer, chunk.length, ending.signal)
          } catch (error) {
            if (ending.signal.aborted) return
            throw error
          }
          got.bytes += chunk.length
        }
      }
      for (const peer of peers) void read(peerOf(peer))
      return got
    }
    const wide = download('interactive', ['A', 'B', 'C', 'D'], [65_536, 1000, 16_384])
    const narrow = download('interactive', ['A'], [4096, 1460])
    const spare = download('background', ['E'], [16_384])
    await runFor(clock, 10_000)
    ending.abort()
    const total = wide.bytes + narrow.bytes + spare.bytes
    assert.ok(Math.abs(total - 40 * MB) < 0.02 * 40 * MB, `${total}`)
    assert.ok(Math.abs(wide.bytes - narrow.bytes) < 0.02 * total, `${wide.bytes} and ${narrow.bytes}`)
    assert.ok(spare.bytes > 10 * LIMITS.stallBytesPerSecond && spare.bytes < 0.01 * total, `${spare.bytes}`)
  })

  it('gives a peer no more for asking over several connections', async () => {
    const clock = new TestClock()
    const bandwidth = new Bandwidth(clock, { up: MB })
    const pace = uploadPace(bandwidth)
    const ending = new AbortController()
    const sent = new Map<string, number>()
    const send = async (letter: string): Promise<void> => {
      while (!ending.signal.aborted) {
        await Promise.allSettled([pace(peerOf(letter), 10_000, ending.signal)])
        sent.set(letter, (sent.get(letter) ?? 0) + 10_000)
      }
    }
    for (const letter of 'AAAAB') void send(letter)
    await runFor(clock, 5000)
    ending.abort()
    assert.ok(Math.abs((sent.get('A') ?? 0) - (sent.get('B') ?? 0)) <= 100_000, JSON.stringify([...sent]))
  })
})
