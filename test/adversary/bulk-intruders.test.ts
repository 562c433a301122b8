import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LIMITS } from '#core'
import {
  askByHand, contentShelf, DIGEST, HONEST, LOOPBACK, MALLORY, offerOf, openChannel, question, realTime, SERVER, servesTheHonest,
} from './bulk-attacks.ts'
import { forge, type Forgery, somebody } from './forged-certificate.ts'

const FORGERIES: Readonly<Record<string, Forgery>> = {
  'no proof in it': { withoutProof: true },
  'the proof of another key': { named: HONEST },
  'a proof that signs something else': { prefix: 'libp2p-tls-handshake' },
  'its time over': { until: 2020 },
  'its time not begun': { from: 2150 },
  'a broken signature': { isBroken: true },
}

const PATHS = [
  '/', '*', '/blob/', '/blob', '/../../etc/passwd', `/blob/${DIGEST}/`, `/blob/${DIGEST}?x`, `//blob/${DIGEST}`, `/blob/${DIGEST.toUpperCase()}`,
  `/blob/../blob/${DIGEST}`, `/blob/%73${DIGEST.slice(1)}`, `http://${LOOPBACK}/blob/${DIGEST}`, `/blob/sha256:${'0'.repeat(64)}`,
]

const RANGES = [
  '', 'bytes=0-', 'bytes=-5', 'bytes=5-4', 'bytes=0-1,3-4', 'bytes=0-3000000', 'bytes=3000000-3000000', 'bytes=0-99999999999999999999', 'bytes=a-b',
  'bits=0-1', 'bytes=0x0-0x5', 'bytes=1e3-2e3', 'bytes= 0-1', 'bytes=0-1;', 'bytes=-1--2',
]

describe('whoever comes to the bulk channel without being asked', () => {
  test('gets no byte without a certificate, or with one that does not prove a peer', async () => {
    const shelf = contentShelf()
    await using server = await openChannel(SERVER, { shelf })
    const { port, ticket } = offerOf(server, MALLORY)
    const answer = await askByHand(port, question(ticket, { more: 'connection: close\r\n' }), forge(MALLORY))
    assert.match(answer, /^HTTP\/1\.1 206 /, 'the forger can make a good one, or the rest shows nothing')
    shelf.readBytes = 0
    assert.equal(await askByHand(port, question(ticket)), '', 'none')
    for (const [what, forgery] of Object.entries(FORGERIES)) assert.equal(await askByHand(port, question(ticket), forge(MALLORY, forgery)), '', what)
    assert.equal(shelf.readBytes, 0)
    assert.ok(await servesTheHonest(server))
  })

  test('gets no byte with a ticket that is missing, changed, of another peer, of another node or of another time', async () => {
    const shelf = contentShelf()
    let skewMs = 0
    await using server = await openChannel(SERVER, { shelf, clock: { ...realTime, monotonic: () => performance.now() + skewMs } })
    await using other = await openChannel(somebody('other'))
    const { port, ticket } = offerOf(server, MALLORY)
    const changed = Uint8Array.from(ticket, (byte, at) => (at === 0 ? byte ^ 1 : byte))
    const foreign = offerOf(server, HONEST).ticket
    for (const bad of [new Uint8Array(0), changed, foreign, offerOf(other, MALLORY).ticket, new Uint8Array(1000), Buffer.concat([ticket, ticket])]) {
      assert.match(await askByHand(port, question(bad), forge(MALLORY)), /^HTTP\/1\.1 401 [^\n]*\n(?:[^\n]+\n)*\r\n$/)
    }
    skewMs = LIMITS.bulkTicketMs + 1
    assert.match(await askByHand(port, question(ticket), forge(MALLORY)), /^HTTP\/1\.1 401 /)
    assert.equal(shelf.readBytes, 0)
  })

  test('is not spoken to while it is banned', async () => {
    const shelf = contentShelf()
    await using server = await openChannel(SERVER, { shelf, admits: (peer, host) => peer !== MALLORY.id && host === LOOPBACK })
    const { port, ticket } = offerOf(server, MALLORY)
    assert.equal(await askByHand(port, question(ticket), forge(MALLORY)), '')
    assert.equal(shelf.readBytes, 0)
    assert.ok(await servesTheHonest(server))
  })

  test('gets nothing but ranges of blobs, whatever it asks for', async () => {
    const shelf = contentShelf()
    await using server = await openChannel(SERVER, { shelf })
    const { port, ticket } = offerOf(server, MALLORY)
    const ask = (change: Parameters<typeof question>[1]): Promise<string> =>
      askByHand(port, question(ticket, { ...change, more: `${change?.more ?? ''}connection: close\r\n` }), forge(MALLORY))
    const refused = /^HTTP\/1\.1 (?:400|401|404|405|416|417) [^\n]*\n(?:[^\n]+\n)*\r\n$|^$/
    for (const method of ['POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE', 'CONNECT', 'PRI']) assert.match(await ask({ method }), refused, method)
    for (const path of PATHS) assert.match(await ask({ path }), refused, path)
    for (const range of RANGES) assert.match(await ask({ range }), refused, range)
    for (const more of ['content-length: 5\r\n', 'transfer-encoding: chunked\r\n', 'expect: something\r\n', 'range: bytes=0-5\r\n', 'ggen-ticket: x\r\n']) {
      assert.doesNotMatch(await ask({ range: 'bytes=0-9', more }), /206[^]*\r\n\r\n[^]{11,}/, more)
    }
    assert.ok(shelf.readBytes <= 2 * 10, `${shelf.readBytes} bytes were read`)
    assert.ok(await servesTheHonest(server))
  })

  test('ends its connection when it speaks no HTTP, and nothing else', async () => {
    const shelf = contentShelf()
    await using server = await openChannel(SERVER, { shelf })
    const { port, ticket } = offerOf(server, MALLORY)
    const good = question(ticket)
    const texts = [
      '\0\0\0\0', 'SSH-2.0-OpenSSH\r\n\r\n', 'GET\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', good.replace('HTTP/1.1', 'HTTP/9.9'),
      good.replaceAll('\r\n', '\n'), `${good.slice(0, -2)}x: ${'y'.repeat(20_000)}\r\n\r\n`, `${good.slice(0, -2)}a\0b: c\r\n\r\n`, good.repeat(50),
    ]
    for (const text of texts) {
      const heard = await askByHand(port, text, forge(MALLORY))
      assert.ok(heard.length < 1000, `${heard.length} bytes for ${JSON.stringify(text.slice(0, 40))}`)
    }
    assert.ok(await servesTheHonest(server))
  })
})
