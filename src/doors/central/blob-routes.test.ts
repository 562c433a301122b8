import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { digestOf, LIMITS } from '#core'
import { addBlobRoutes } from './blob-routes.ts'
import { codeOf, handIn, listening, openScene, publication } from './central-scene.conformance.ts'

test('an archive is given whole, in parts, and not again to whoever has it', async () => {
  await using scene = await openScene()
  const given = await publication()
  await handIn(scene.shelf, given)
  await using server = await listening((app) => addBlobRoutes(app, scene))
  const url = `${server.url}/v1/blobs/${given.digest}`
  const whole = await fetch(url)
  assert.equal(whole.status, 200)
  assert.deepEqual(Buffer.from(await whole.arrayBuffer()), Buffer.from(given.archive))
  const { headers } = whole
  assert.deepEqual([headers.get('etag'), headers.get('accept-ranges'), headers.get('cache-control'), headers.get('content-length')],
    [`"${given.digest}"`, 'bytes', 'public, max-age=31536000, immutable', String(given.archive.length)])

  const part = await fetch(url, { headers: { range: 'bytes=5-9', 'if-range': `"${given.digest}"` } })
  assert.deepEqual([part.status, part.headers.get('content-range')], [206, `bytes 5-9/${given.archive.length}`])
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), Buffer.from(given.archive.subarray(5, 10)))
  const other = await fetch(url, { headers: { range: 'bytes=5-9', 'if-range': '"another"' } })
  assert.deepEqual([other.status, (await other.arrayBuffer()).byteLength], [200, given.archive.length])

  const outside = await fetch(url, { headers: { range: `bytes=${given.archive.length}-` } })
  assert.deepEqual([outside.status, outside.headers.get('content-range')], [416, `bytes */${given.archive.length}`])
  await outside.arrayBuffer()
  const again = await fetch(url, { headers: { 'if-none-match': `"${given.digest}"` } })
  assert.deepEqual([again.status, (await again.arrayBuffer()).byteLength], [304, 0])
  const head = await fetch(url, { method: 'HEAD' })
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(given.archive.length)])
})

test('what is not here, or is no digest, is told so', async () => {
  await using scene = await openScene()
  await using server = await listening((app) => addBlobRoutes(app, scene))
  const missing = await fetch(`${server.url}/v1/blobs/${digestOf(Buffer.from('nowhere'))}`)
  assert.deepEqual([missing.status, await codeOf(missing)], [404, 'blob-not-found'])
  const wrong = await fetch(`${server.url}/v1/blobs/sha256:xyz`)
  assert.deepEqual([wrong.status, await codeOf(wrong)], [400, 'digest-invalid'])
})

test('bytes are stored for whoever has a token, once, and never under another name', async () => {
  await using scene = await openScene()
  await using server = await listening((app) => addBlobRoutes(app, scene))
  const bytes = Buffer.from('an archive')
  const digest = digestOf(bytes)
  const put = (to: string, token?: string) => fetch(`${server.url}/v1/blobs/${to}`, {
    method: 'PUT', body: bytes, headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' },
  })
  const nobody = await put(digest)
  assert.deepEqual([nobody.status, nobody.headers.get('www-authenticate'), await codeOf(nobody)], [401, 'Bearer', 'token-missing'])
  const token = await scene.token('*')
  const first = await put(digest, token)
  assert.deepEqual([first.status, await first.json()], [201, { digest, sizeBytes: bytes.length }])
  const second = await put(digest, token)
  assert.deepEqual([second.status, await second.json()], [200, { digest, sizeBytes: bytes.length }])
  const other = digestOf(Buffer.from('another archive'))
  const wrong = await put(other, token)
  assert.deepEqual([wrong.status, await codeOf(wrong)], [502, 'integrity'])
  assert.equal(await scene.shelf.size(other), undefined)
})

/** What a server answers to bytes as they are. */
const raw = async (url: string, request: string): Promise<string> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(request)
  const answer = await Array.fromAsync(socket)
  return Buffer.concat(answer as Buffer[]).toString()
}

test('a body without a length, or with one that is too large, is refused before it is read', async () => {
  await using scene = await openScene()
  await using server = await listening((app) => addBlobRoutes(app, scene))
  const token = await scene.token('*')
  const head = `PUT /v1/blobs/${digestOf(Buffer.from('x'))} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\nconnection: close\r\n`
  assert.match(await raw(server.url, `${head}transfer-encoding: chunked\r\n\r\n0\r\n\r\n`), /^HTTP\/1.1 400/)
  assert.match(await raw(server.url, `${head}content-length: ${LIMITS.archiveBytes + 1}\r\n\r\n`), /^HTTP\/1.1 413/)
})

test('a body that ends too early leaves nothing behind', async () => {
  await using scene = await openScene()
  await using server = await listening((app) => addBlobRoutes(app, scene))
  const token = await scene.token('*')
  const digest = digestOf(Buffer.from('0123456789'))
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  socket.write(`PUT /v1/blobs/${digest} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\ncontent-length: 10\r\n\r\n01234`)
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.end()
  for await (const _ of socket) continue
  assert.equal(await scene.shelf.size(digest), undefined)
})
