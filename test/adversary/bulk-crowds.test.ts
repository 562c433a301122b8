import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { LIMITS } from '#core'
import { until } from '#testing'
import type { BlobShelf } from '#bulk'
import { dial, dialSlowly, type Line, LOOPBACK, MALLORY, offerOf, openChannel, question, SERVER, servesTheHonest } from './bulk-attacks.ts'
import { forge, somebody } from './forged-certificate.ts'

const idleTcp = async (port: number, count: number): Promise<readonly Socket[]> => {
  const sockets = Array.from({ length: count }, () => connect({ host: LOOPBACK, port }))
  for (const socket of sockets) socket.on('error', () => socket.destroy())
  await Promise.all(sockets.map(async (socket) => socket.connecting && (await once(socket, 'connect'))))
  return sockets
}

/** Sooner than anything is closed because its time is over. */
const AT_ONCE_MS = LIMITS.bulkHandshakeMs / 2

const isOpen = ({ destroyed }: Socket): boolean => !destroyed

describe('crowds at the bulk channel', () => {
  test('a thousand connections that say nothing keep nobody out, and few of them stay', async () => {
    await using server = await openChannel(SERVER)
    const sockets = await idleTcp(offerOf(server, MALLORY).port, 1000)
    assert.ok(await servesTheHonest(server))
    await until('the most of them are gone', () => sockets.filter(isOpen).length <= LIMITS.bulkStrangers, AT_ONCE_MS)
    for (const socket of sockets) socket.destroy()
  })

  test('nor do three hundred that prove who they are and then say nothing', async () => {
    await using server = await openChannel(SERVER)
    const { port } = offerOf(server, MALLORY)
    const lines: Line[] = []
    for (let round = 0; round < 10; round++) {
      const more = Array.from({ length: 30 }, (_, index) => dial(port, forge(somebody(`idle ${round} ${index}`))))
      await Promise.all(more.map(({ socket, over }) => Promise.race([once(socket, 'secureConnect'), over])))
      lines.push(...more)
    }
    assert.ok(await servesTheHonest(server))
    await until('the most of them are gone', () => lines.filter(({ socket }) => isOpen(socket)).length <= LIMITS.bulkStrangers, AT_ONCE_MS)
    for (const { socket } of lines) socket.destroy()
  })
})

describe('the slow at the bulk channel', () => {
  test('whoever says it slowly is sent away, with and without a handshake, and also after a good question', async () => {
    await using server = await openChannel(SERVER)
    const { port, ticket } = offerOf(server, MALLORY)
    const [silent] = await idleTcp(port, 1)
    assert.ok(silent)
    const dribbling = dial(port, forge(MALLORY))
    const returning = dial(port, forge(MALLORY))
    returning.socket.write(question(ticket))
    await until('it was served once', () => returning.heard().includes('\r\n\r\n') && returning.heard().length > 10)
    // A good question, letter by letter: it would be complete in two minutes.
    const letters = [...question(ticket)]
    const slow = setInterval(() => {
      const letter = letters.shift() ?? ''
      for (const { socket } of [dribbling, returning]) if (isOpen(socket)) socket.write(letter)
    }, 500)
    await Promise.all([once(silent, 'close'), dribbling.over, returning.over])
    clearInterval(slow)
    assert.doesNotMatch(dribbling.heard(), /206/)
    assert.ok(await servesTheHonest(server))
  })

  test('readers that take next to nothing are held back, then cut off, and cost little', async () => {
    let openReads = 0
    let readBytes = 0
    // Larger than all that the sockets of the machine take in by themselves.
    const sizeBytes = 200 * LIMITS.pieceBytes
    const shelf: BlobShelf = {
      look: async () => ({ sizeBytes }),
      async *read() {
        openReads++
        try {
          for (let left = sizeBytes; left > 0; left -= LIMITS.pieceBytes) {
            readBytes += LIMITS.pieceBytes
            yield new Uint8Array(LIMITS.pieceBytes)
          }
        } finally {
          openReads--
        }
      },
    }
    await using server = await openChannel(SERVER, { stallTimeoutMs: 1000, shelf })
    const before = process.memoryUsage()
    const sockets = Array.from({ length: 4 }, (_, index) => {
      const reader = somebody(`slow ${index}`)
      const { port, ticket } = offerOf(server, reader)
      const socket = dialSlowly(port, forge(reader))
      socket.write(question(ticket, { range: `bytes=0-${sizeBytes - 1}` }))
      return socket
    })
    await until('all are being served', () => openReads === sockets.length)
    await until('all are cut off', () => openReads === 0, 15_000)
    const after = process.memoryUsage()
    const heldBytes = after.arrayBuffers + after.external - before.arrayBuffers - before.external
    assert.ok(readBytes < sockets.length * 24 * LIMITS.pieceBytes, `${readBytes} bytes were read for readers that took none`)
    assert.ok(heldBytes < 64 * 1024 * 1024, `${heldBytes} bytes are held`)
    for (const socket of sockets) socket.destroy()
  })
})
