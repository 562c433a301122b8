import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { describe, test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { knownPeer, seeded, until } from '#testing'
import { makeCertificate } from './bulk-certificates.ts'
import { ALICE, BOB, knock, MALLORY, OneBlob, openAsker, openVictim, readAll, STALL_MS, untilClosed } from './bulk-scene.ts'

const content = seeded('wanted').bytes(300_000)
const shelf = new OneBlob(content)
const wanted = { peer: BOB.id, digest: shelf.digest, sizeBytes: content.length, offset: 0, length: content.length }
const mallory = makeCertificate({ names: MALLORY })
const ask = (ticket: string, line = `GET /blob/${shelf.digest} HTTP/1.1`, range = 'range: bytes=0-99'): string =>
  `${line}\r\nhost: x\r\n${range}\r\n${ticket}\r\n\r\n`

describe('askers who are not who they say', () => {
  test('are not spoken to: without a certificate, or with one that proves nothing', async () => {
    await using victim = await openVictim(shelf)
    const alices = makeCertificate({ names: ALICE })
    const forged = [
      undefined,
      makeCertificate({ names: ALICE, extension: 'none' }),
      makeCertificate({ names: ALICE, signer: MALLORY }),
      makeCertificate({ names: ALICE, provenKey: alices.publicKey }),
      makeCertificate({ names: ALICE, extension: { twice: MALLORY } }),
      makeCertificate({ names: ALICE, validTo: '20210101000000Z' }),
      makeCertificate({ names: ALICE, validFrom: '20980101000000Z' }),
    ]
    for (const [index, certificate] of forged.entries()) {
      const socket = await knock({ port: victim.port, ...(certificate && { certificate }) })
      socket.write(ask(victim.ticket(ALICE)))
      assert.equal(await untilClosed(socket), '', `certificate ${index}`)
    }
    const right = await knock({ port: victim.port, certificate: alices })
    right.write(`${ask(victim.ticket(ALICE))}`)
    await once(right, 'data')
    right.destroy()
  })

  test('get nothing with the ticket of somebody else, or none', async () => {
    await using victim = await openVictim(shelf)
    await using other = await openVictim(shelf)
    const before = shelf.givenBytes
    for (const ticket of [victim.ticket(ALICE), other.ticket(MALLORY), 'ggen-ticket: AAAA', 'x: y', `${victim.ticket(MALLORY)}A`]) {
      const socket = await knock({ port: victim.port, certificate: mallory })
      socket.write(ask(ticket))
      assert.match(await untilClosed(socket), /^HTTP\/1\.1 401 Unauthorized\r\ncontent-length: 0\r\n/)
    }
    assert.equal(shelf.givenBytes, before)
  })
})

describe('askers with a ticket who keep to nothing', () => {
  const attempts: Readonly<Record<string, (ticket: string) => string>> = {
    'no HTTP at all': () => seeded('garbage').bytes(2000).toString(),
    'another method': (ticket) => ask(ticket, `POST /blob/${shelf.digest} HTTP/1.1`),
    'a tunnel': (ticket) => ask(ticket, 'CONNECT 127.0.0.1:22 HTTP/1.1'),
    'an upgrade': (ticket) => ask(`${ticket}\r\nconnection: upgrade\r\nupgrade: websocket`, undefined, 'x: y'),
    'the preface of HTTP/2': () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'an old version without a ticket': () => `GET /blob/${shelf.digest} HTTP/1.0\r\n\r\n`,
    'several ranges': (ticket) => ask(ticket, undefined, 'range: bytes=0-1,5-6'),
    'a body': (ticket) => ask(`${ticket}\r\ntransfer-encoding: chunked`),
    'a range from the end': (ticket) => ask(ticket, undefined, 'range: bytes=-5'),
    'huge headers': (ticket) => ask(`${ticket}\r\n${'x: y\r\n'.repeat(2000)}z: z`),
    'one huge header': (ticket) => ask(`${ticket}\r\nx: ${'y'.repeat(20_000)}`),
    'two lengths': (ticket) => ask(`${ticket}\r\ncontent-length: 1\r\ncontent-length: 2`),
    'many questions at once': (ticket) => ask(ticket).repeat(500),
  }
  for (const [name, attempt] of Object.entries(attempts)) {
    test(`are cut off: ${name}`, async () => {
      await using victim = await openVictim(shelf)
      await using alice = await openAsker(victim)
      const socket = await knock({ port: victim.port, certificate: mallory })
      socket.write(attempt(victim.ticket(MALLORY)), 'latin1')
      const said = await untilClosed(socket)
      assert.doesNotMatch(said, /^HTTP\/1\.1 (?!4)/, said.slice(0, 200))
      assert.ok((await readAll(alice, wanted)).equals(content), 'others are served')
    })
  }

  test('learn nothing of what is not a blob, and stay outside of blobs', async () => {
    await using victim = await openVictim(shelf)
    for (const [path, range] of [['/', '0-1'], ['/blob/', '0-1'], [`/blob/${shelf.digest}/../..`, '0-1'], ['/etc/passwd', '0-1'], ['*', '0-1']] as const) {
      const socket = await knock({ port: victim.port, certificate: mallory })
      socket.write(ask(`${victim.ticket(MALLORY)}\r\nconnection: close`, `GET ${path} HTTP/1.1`, `range: bytes=${range}`))
      assert.match(await untilClosed(socket), /^HTTP\/1\.1 40[04] /, path)
    }
    for (const range of ['0-300000', '300000-300000', '9999999999990-9999999999999']) {
      const socket = await knock({ port: victim.port, certificate: mallory })
      socket.write(ask(`${victim.ticket(MALLORY)}\r\nconnection: close`, undefined, `range: bytes=${range}`))
      assert.match(await untilClosed(socket), /^HTTP\/1\.1 416 /, range)
    }
  })

  test('who write their headers letter by letter are cut off in time', async () => {
    await using victim = await openVictim(shelf)
    const socket = await knock({ port: victim.port, certificate: mallory })
    socket.write(`GET /blob/${shelf.digest} HTTP/1.1\r\nx: `)
    const began = performance.now()
    const letters = setInterval(() => socket.write('x'), 100)
    assert.doesNotMatch(await untilClosed(socket), / 206 /)
    clearInterval(letters)
    assert.ok(performance.now() - began < 12_000)
  })
})

describe('askers who read nothing', () => {
  test('are cut off in the time of a stall, and little is read for them', async () => {
    const large = new OneBlob(new Uint8Array(64 * 1024 * 1024))
    await using victim = await openVictim(large)
    const sockets = await Promise.all(Array.from({ length: 8 }, () => knock({ port: victim.port, certificate: mallory })))
    const before = process.memoryUsage().rss
    for (const socket of sockets) {
      socket.pause()
      socket.write(ask(victim.ticket(MALLORY), `GET /blob/${large.digest} HTTP/1.1`, `range: bytes=0-${64 * 1024 * 1024 - 1}`))
    }
    let given = -1
    await until('nothing more is read for them', async () => {
      const isStill = given === large.givenBytes && given > 0
      given = large.givenBytes
      await new Promise((resolve) => AbortSignal.timeout(2 * STALL_MS).addEventListener('abort', resolve, { once: true }))
      return isStill
    })
    assert.ok(large.givenBytes < 8 * 16 * 1024 * 1024, `${large.givenBytes} bytes for eight connections`)
    assert.ok(process.memoryUsage().rss - before < 100e6)
    // What the machine had taken up can still be read; then comes the end, and not the rest.
    let got = 0
    for (const socket of sockets) socket.on('data', (chunk: Buffer) => void (got += chunk.length)).resume()
    await until('all are cut off', () => sockets.every(({ closed }) => closed))
    assert.ok(got < 8 * 16 * 1024 * 1024)
  })
})

describe('a thousand who only hold the line', () => {
  for (const [where, host] of [['from elsewhere', '127.0.0.2'], ['from the same host', '127.0.0.1']] as const) {
    test(`keep no honest peer out, ${where}`, { skip: process.platform !== 'linux' && 'only Linux gives a machine many addresses' }, async () => {
      await using victim = await openVictim(shelf)
      const idle = Array.from({ length: 1000 }, () => connectTcp({ host: '127.0.0.1', port: victim.port, localAddress: host }))
      for (const socket of idle) socket.on('error', () => socket.destroy()).resume()
      await using alice = await openAsker(victim)
      assert.ok((await readAll(alice, wanted)).equals(content))
      await until('all but a few are closed', () => idle.filter(({ closed }) => !closed).length <= 32)
      assert.ok((await readAll(alice, wanted)).equals(content))
      for (const socket of idle) socket.destroy()
    })
  }

  test('nor do two hundred strangers who have proven who they are, each another', async () => {
    await using victim = await openVictim(shelf)
    const strangers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => knock({ port: victim.port, certificate: makeCertificate({ names: knownPeer(`stranger ${index}`) }) })),
    )
    for (const socket of strangers) socket.resume()
    await using alice = await openAsker(victim)
    assert.ok((await readAll(alice, wanted)).equals(content))
    await until('all but a few are closed', () => strangers.filter(({ closed }) => !closed).length <= 32)
    for (const socket of strangers) socket.destroy()
  })

  test('nor do a hundred guests of one host who have a ticket and ask for nothing more', async () => {
    await using victim = await openVictim(shelf)
    const guests: TLSSocket[] = []
    for (let index = 0; index < 100; index++) {
      const peer = knownPeer(`guest ${index}`)
      const socket = await knock({ port: victim.port, certificate: makeCertificate({ names: peer }) })
      socket.write(ask(victim.ticket(peer)))
      await once(socket, 'data')
      guests.push(socket.resume())
    }
    await using alice = await openAsker(victim)
    assert.ok((await readAll(alice, wanted)).equals(content))
    await until('the host keeps its share', () => guests.filter(({ closed }) => !closed).length <= 64)
    for (const socket of guests) socket.destroy()
  })
})
