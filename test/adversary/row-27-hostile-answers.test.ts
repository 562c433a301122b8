import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { digestOf, type ErrorCode, isGgenError, parsePackageName, REGISTRY_LIMITS } from '#core'
import { CentralRegistry } from '#registry'
import { openHttpClient } from '#registry/http'
import { realClock } from '#testing'

const never = new AbortController().signal
const NAME = parsePackageName('tool')
const MIB = 1024 * 1024
const BLOB = { digest: digestOf(Buffer.from('an archive')), sizeBytes: 10 }
const WHOLE = { offset: 0, length: 10 }
/** So short that a drip is noticed within a second. */
const PATIENCE = { firstByteMs: 1500, firstChunkMs: 500, stallMs: 500, tries: 1 }

type Answer = (request: IncomingMessage, response: ServerResponse) => void

interface Hostile extends AsyncDisposable {
  readonly url: string
  /** What it was asked, and with which token. */
  readonly asked: readonly { readonly path: string; readonly token: string | undefined }[]
}

const hostile = async (answer: Answer): Promise<Hostile> => {
  const asked: { path: string; token: string | undefined }[] = []
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', token: request.headers.authorization })
    request.resume()
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}

const clientOf = (url: string): { readonly registry: CentralRegistry } & Disposable => {
  const http = openHttpClient({ base: url, token: 'secret' })
  const registry = new CentralRegistry({ http, clock: realClock, name: 'central', isPrivate: false, patience: PATIENCE })
  return { registry, [Symbol.dispose]: () => http[Symbol.dispose]() }
}

/** Everything that a client asks of a registry. */
const questions = (registry: CentralRegistry): Readonly<Record<string, () => Promise<unknown>>> => ({
  name: () => registry.find(NAME, never),
  words: () => registry.search({ words: ['tool'], order: 'relevance', limit: 20 }, never),
  health: () => registry.status(never),
  bytes: () => Array.fromAsync(registry.open(BLOB, WHOLE, never)),
  publish: () => registry.publish({ envelopes: [Uint8Array.of(1)], blobs: [], read: () => assert.fail('no bytes are wanted') }, never),
})

/** Asks everything, and counts what ended with one of these codes; anything else fails the test. */
const askAll = async (answer: Answer, codes: readonly ErrorCode[], besides: readonly string[] = []): Promise<number> => {
  await using server = await hostile(answer)
  using client = clientOf(server.url)
  let ended = 0
  for (const [what, ask] of Object.entries(questions(client.registry))) {
    if (besides.includes(what)) continue
    await assert.rejects(ask(), (error) => {
      assert.ok(isGgenError(error) && codes.includes(error.code), `${what}: ${String(error)}`)
      return true
    })
    ended += 1
  }
  return ended
}

/** Sends for as long as somebody takes it. */
const endless = (response: ServerResponse): void => {
  const chunk = Buffer.alloc(MIB, 0x20)
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', more)
  }
  more()
}

test('an answer without end is left at its bound, whatever it was asked and however it calls itself', { timeout: 120_000 }, async (t) => {
  const answer: Answer = (_, response) => endless(response.writeHead(200, { 'content-type': 'application/json' }))
  const refusing: Answer = (_, response) => endless(response.writeHead(403, { 'content-type': 'application/json' }))
  const ended = (await askAll(answer, ['registry-failed'], ['bytes'])) + (await askAll(refusing, ['registry-failed']))
  await using server = await hostile(answer)
  using client = clientOf(server.url)
  const bytes = Buffer.concat(await Array.fromAsync(client.registry.open(BLOB, WHOLE, never)))
  assert.equal(bytes.length, 10, 'of bytes nobody looks at more than were asked for')
  t.diagnostic(`${ended} of 9 endless answers left at their bound, of 1 endless archive 10 bytes were looked at`)
  assert.equal(ended, 9)
})

test('a packed answer is left where it becomes too large, and not unpacked whole', { timeout: 60_000 }, async (t) => {
  const bomb = gzipSync(Buffer.alloc(128 * MIB))
  const before = process.memoryUsage.rss()
  let most = 0
  const answer: Answer = (_, response) => {
    most = Math.max(most, process.memoryUsage.rss() - before)
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb)
  }
  const ended = await askAll(answer, ['registry-failed'], ['bytes'])
  assert.equal(ended, 4)
  const grown = Math.round(Math.max(most, process.memoryUsage.rss() - before) / MIB)
  assert.ok(grown < 200, `${grown} MiB more`)
  t.diagnostic(`${ended} of 4 answers of ${bomb.length} bytes that unpack to 128 MiB left at ${REGISTRY_LIMITS.documentBytes / MIB} MiB or before`)
})

test('whoever sends elsewhere sends nobody anywhere: no question, no token', { timeout: 60_000 }, async (t) => {
  await using victim = await hostile((_, response) => response.writeHead(200).end('{"records":[]}'))
  const port = new URL(victim.url).port
  const targets = [
    victim.url, `http://localhost:${port}/`, `//127.0.0.1:${port}/v1/health`, `http://user:secret@127.0.0.1:${port}/`, `https://127.0.0.1:${port}/`,
    'http://169.254.169.254/latest/meta-data', 'http://[::1]/', 'file:///etc/passwd', 'data:,x', 'javascript:0', '', '\\\\evil.example\\x',
  ]
  let ended = 0
  for (const location of targets) {
    for (const status of [301, 302, 303, 307, 308]) {
      ended += await askAll((_, response) => response.writeHead(status, location === '' ? {} : { location }).end(), ['registry-failed'])
    }
  }
  assert.deepEqual(victim.asked, [])
  t.diagnostic(`${ended} of ${targets.length * 25} redirects refused, 0 questions and 0 tokens elsewhere`)
  assert.equal(ended, targets.length * 25)
})

test('that nothing changed is no answer for whoever has nothing', async (t) => {
  const unchanged: Answer = (_, response) => response.writeHead(304, { etag: '"x"' }).end()
  t.diagnostic(`${await askAll(unchanged, ['registry-failed'])} of 5 questions ended with a reason`)
})

test('a tag that stands for something else gives back what was said before, and nothing that was not', async (t) => {
  const record = Buffer.from('a record').toString('base64')
  await using server = await hostile(({ url, headers }, response) => {
    if (headers['if-none-match'] !== undefined) return void response.writeHead(304, { etag: '"of something else"' }).end()
    response.writeHead(200, { etag: '"everything"' }).end(JSON.stringify({ records: url?.includes('tool') === true ? [record] : [] }))
  })
  using client = clientOf(server.url)
  const first = await client.registry.find(NAME, never)
  assert.deepEqual(await client.registry.find(NAME, never), first)
  assert.deepEqual((await client.registry.find(parsePackageName('other'), never)).envelopes, [])
  assert.deepEqual((await client.registry.find(parsePackageName('other'), never)).envelopes, [])
  t.diagnostic('4 answers under one tag: 2 of 2 names kept apart')
})

test('bytes that come one by one, and headers that never end, are no answer', { timeout: 60_000 }, async (t) => {
  const dripping: Answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const drip = setInterval(() => response.write(' '), 50)
    response.once('close', () => clearInterval(drip))
  }
  const hints: Answer = (_, response) => {
    const drip = setInterval(() => response.writeEarlyHints({ link: '</a>; rel=preload' }), 50)
    response.once('close', () => clearInterval(drip))
  }
  const huge: Answer = ({ socket }) => void socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(64 * 1024)}\r\n\r\n`)
  const slow = (await askAll(dripping, ['timeout'], ['bytes'])) + (await askAll(hints, ['timeout'], ['publish']))
  const ended = slow + (await askAll(huge, ['registry-unreachable']))
  t.diagnostic(`${ended} of 13 ended: drips as soon as they are slower than 8 KiB/s`)
  assert.equal(ended, 13)
})

test('nonsense of any type is a failure of the registry', async (t) => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const texts = [
    '', '<html>', 'null', '7', '[]', '{}', deep, `{"records":${deep}}`, '{"__proto__":{"records":[]}}', '{"records":[1]}', '{"records":{"length":1}}',
    '{"records":["="]}', '{"accepted":1}', '{"status":"ready","peerId":"nobody"}', '\u0000', '{"records":[',
  ]
  let ended = 0
  for (const text of texts) {
    const answer: Answer = (_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(text)
    ended += await askAll(answer, ['registry-failed'], ['bytes'])
  }
  t.diagnostic(`${ended} of ${texts.length * 4} answers of another form refused`)
  assert.equal(ended, texts.length * 4)
})
