import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '#core'
import { openTlsChannel } from '#bulk/tls'
import { realClock, seeded } from '#testing'
import { ALICE, BOB, OneBlob, openLiar, readAll } from './bulk-scene.ts'

const content = seeded('drips').bytes(1_000_000)
/** Never fills what the reader would rather wait for, and comes later than it waits. */
const DRIP_BYTES = 40_000
const DRIP_EVERY_MS = 25

test('bytes that come over the bulk channel in drips are the right ones, so that no honest slow giver is taken for a liar', async () => {
  await using bob = await openLiar((socket) => {
    socket.once('data', () => {
      const last = content.length - 1
      socket.write(`HTTP/1.1 206 Partial Content\r\ncontent-length: ${content.length}\r\ncontent-range: bytes 0-${last}/${content.length}\r\n\r\n`)
      let at = 0
      const dripping = setInterval(() => {
        socket.write(content.subarray(at, at + DRIP_BYTES))
        at += DRIP_BYTES
        if (at >= content.length || socket.destroyed) clearInterval(dripping)
      }, DRIP_EVERY_MS)
    })
  })
  await using alice = await openTlsChannel({ peerKey: ALICE.peerKey, shelf: new OneBlob(new Uint8Array(1)), clock: realClock, admits: () => true })
  alice.learn(BOB.id, '127.0.0.1', { port: bob.port, ticket: Buffer.from('ticket'), validMs: 60_000 })
  const bytes = await readAll(alice, { peer: BOB.id, digest: digestOf(content), sizeBytes: content.length, offset: 0, length: content.length })
  assert.equal(digestOf(bytes), digestOf(content))
})
