import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { seeded, startProxy, startProxyProcess, until } from '#testing'

const KB = 1000

/** Says back what it hears; its number of bytes heard tells how far a sender was let ahead. */
const echo = async (): Promise<{ readonly port: number; heard: () => number } & AsyncDisposable> => {
  let heard = 0
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('data', (chunk: Buffer) => (heard += chunk.length)).on('error', () => socket.destroy())
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, heard: () => heard, [Symbol.asyncDispose]: async () => void server.close() }
}

const open = async (port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
  await once(socket, 'connect')
  return socket
}

/** Sends everything and hears the echo to its end. */
const throughProxy = async (port: number, bytes: Uint8Array): Promise<Buffer> => {
  const socket = await open(port)
  socket.end(bytes)
  return buffer(socket)
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}

test('Bytes and ends pass unchanged both ways, and are counted', async () => {
  await using server = await echo()
  await using proxy = await startProxy({ to: server })
  const sent = seeded('plain').bytes(3000 * KB)
  assert.ok((await throughProxy(proxy.port, sent)).equals(sent))
  assert.deepEqual([proxy.bytes('up'), proxy.bytes('down'), proxy.accepted], [sent.length, sent.length, 1])
  await until('the connection is over', () => proxy.open === 0)
})

test('A round trip takes at least its time, and a new connection one more', async () => {
  await using server = await echo()
  await using proxy = await startProxy({ to: server, rttMs: 60 })
  const socket = await open(proxy.port)
  const ask = async (): Promise<void> => {
    socket.write('x')
    await once(socket, 'data')
  }
  const first = await timed(ask)
  const second = await timed(ask)
  socket.destroy()
  assert.ok(first >= 116 && second >= 58 && second < first, `first ${first} ms, second ${second} ms`)
})

test('A link with delay still carries many bytes at once', async () => {
  await using server = await echo()
  await using proxy = await startProxy({ to: server, rttMs: 50 })
  const sent = seeded('window').bytes(4000 * KB)
  const elapsed = await timed(() => throughProxy(proxy.port, sent))
  assert.ok(elapsed < 1500, `${elapsed} ms; one part a round trip would need 3,000`)
})

test('Each way keeps to its bandwidth, and all connections share it', async () => {
  await using server = await echo()
  await using proxy = await startProxy({ to: server, downBytesPerSecond: 1000 * KB })
  const sent = seeded('slow').bytes(200 * KB)
  const elapsed = await timed(() => Promise.all([throughProxy(proxy.port, sent), throughProxy(proxy.port, sent)]))
  assert.ok(elapsed >= 390, `400 kB at 1 MB/s came in ${elapsed} ms`)
  await using upward = await startProxy({ to: server, upBytesPerSecond: 1000 * KB })
  const slow = await timed(() => throughProxy(upward.port, sent))
  assert.ok(slow >= 195, `200 kB at 1 MB/s went in ${slow} ms`)
})

test('A reader that does not read holds the sender back', async () => {
  await using server = await echo()
  await using proxy = await startProxy({ to: server, downBytesPerSecond: 100 * KB })
  const socket = await open(proxy.port)
  // Far more than the buffers of the kernel and of the proxy together.
  socket.write(Buffer.alloc(64_000 * KB))
  await until('the first bytes are back', () => proxy.bytes('down') > 0)
  await until('the sender is held back', async () => {
    const before = server.heard()
    await once(socket, 'data')
    return server.heard() === before
  })
  assert.ok(server.heard() < 40_000 * KB, `${server.heard()} bytes were taken from a sender whose reader reads 100 kB/s`)
  socket.destroy()
})

test('A cut resets the connection after exactly so many bytes, once or each time', async () => {
  await using server = await echo()
  await using proxy = await startProxy({ to: server, faults: [{ kind: 'cut', way: 'up', afterBytes: 100 * KB, once: true }] })
  const sent = seeded('cut').bytes(300 * KB)
  await assert.rejects(throughProxy(proxy.port, sent), { code: 'ECONNRESET' })
  assert.equal(proxy.bytes('up'), 100 * KB)
  assert.ok((await throughProxy(proxy.port, sent)).equals(sent), 'the second connection is left alone')
  await using always = await startProxy({ to: server, faults: [{ kind: 'cut', way: 'down', afterBytes: 1 }] })
  await assert.rejects(throughProxy(always.port, sent), { code: 'ECONNRESET' })
  await assert.rejects(throughProxy(always.port, sent), { code: 'ECONNRESET' })
})

test('A cut on command resets what is open and takes new connections', async () => {
  await using server = await echo()
  await using proxy = await startProxy({ to: server })
  const socket = await open(proxy.port)
  const over = once(socket, 'error')
  await until('the proxy has it', () => proxy.open === 1)
  proxy.cut()
  assert.equal(((await over) as [NodeJS.ErrnoException])[0].code, 'ECONNRESET')
  assert.equal((await throughProxy(proxy.port, Buffer.from('again'))).toString(), 'again')
})

test('A stall keeps the connection open and lets nothing through until it is resumed', async () => {
  await using server = await echo()
  await using proxy = await startProxy({ to: server, faults: [{ kind: 'stall', way: 'down', afterBytes: 50 * KB }] })
  const sent = seeded('stall').bytes(120 * KB)
  const answer = throughProxy(proxy.port, sent)
  await until('the first bytes came', () => proxy.bytes('up') === sent.length)
  assert.equal(proxy.bytes('down'), 0, 'a part in which a stall happens counts when it is through')
  const other = throughProxy(proxy.port, Buffer.from('me too'))
  await until('the other one is there', () => proxy.open === 2)
  proxy.resume()
  assert.ok((await answer).equals(sent))
  assert.equal((await other).toString(), 'me too')
})

test('A flip changes one bit at its place and nothing else', async () => {
  await using server = await echo()
  await using proxy = await startProxy({ to: server, faults: [{ kind: 'flip', way: 'down', afterBytes: 70_001 }] })
  const sent = seeded('flip').bytes(200 * KB)
  const heard = await throughProxy(proxy.port, sent)
  const different = [...heard.keys()].filter((index) => heard[index] !== sent[index])
  assert.deepEqual(different, [70_001])
  assert.equal((heard[70_001] ?? 0) ^ (sent[70_001] ?? 0), 1)
})

test('Nobody at the other end: the connection is reset, and the proxy lives on', async () => {
  const gone = await echo()
  await gone[Symbol.asyncDispose]()
  await using proxy = await startProxy({ to: gone })
  await assert.rejects(throughProxy(proxy.port, Buffer.from('hello')), { code: 'ECONNRESET' })
  await assert.rejects(throughProxy(proxy.port, Buffer.from('hello')), { code: 'ECONNRESET' })
  assert.equal(proxy.accepted, 2)
})

test('As a process of its own it does the same and obeys the same words', async () => {
  await using server = await echo()
  await using proxy = await startProxyProcess({ to: { port: server.port }, rttMs: 20 })
  const sent = seeded('process').bytes(500 * KB)
  assert.ok((await throughProxy(proxy.port, sent)).equals(sent))
  const socket = await open(proxy.port)
  socket.write('x')
  await once(socket, 'data')
  const over = once(socket, 'error')
  await proxy.say('cut')
  assert.equal(((await over) as [NodeJS.ErrnoException])[0].code, 'ECONNRESET')
  await proxy.say('stall')
  const waiting = throughProxy(proxy.port, Buffer.from('late'))
  await proxy.say('resume')
  assert.equal((await waiting).toString(), 'late')
})
