import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cp, readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { parsePackageName } from '#core'
import { memoryHub } from '#network'
import { CentralRegistry } from '#registry'
import { openHttpClient } from '#registry/http'
import { handedOver, openMarketplace, realClock, seeded, smallPackage, startRegistry, temporaryFolder, TestClock, until } from '#testing'

const never = new AbortController().signal
const NAME = parsePackageName('tool')

test('a registry that is killed in an upload, copied and served elsewhere has what it promised, and nothing of the upload', { timeout: 120_000 }, async () => {
  await using work = await temporaryFolder()
  await using elsewhere = await openMarketplace({ hub: memoryHub({ clock: new TestClock() }), clock: new TestClock() })
  const { envelopes, digest, archive } = await handedOver(elsewhere, await elsewhere.publish(smallPackage('tool'), 'alice'))
  async function* read(): AsyncGenerator<Uint8Array> {
    yield archive
  }
  const blob = { digest, sizeBytes: archive.length }
  const clientOf = (url: string, token: string) => {
    const http = openHttpClient({ base: url, token })
    return { registry: new CentralRegistry({ http, clock: realClock, name: url, isPrivate: false }), [Symbol.dispose]: () => http[Symbol.dispose]() }
  }
  const upload = seeded('upload').bytes(1_000_000)
  const path = `/v1/blobs/sha256:${createHash('sha256').update(upload).digest('hex')}`
  const [home, copy] = [join(work.path, 'home'), join(work.path, 'copy')]
  const drafts = (folder: string): Promise<string[]> => readdir(join(folder, 'blobs', 'tmp'))

  const first = await startRegistry(home)
  const { token } = first
  {
    using client = clientOf(first.url, token)
    await client.registry.publish({ envelopes, blobs: [blob], read }, never)
    const { hostname, port } = new URL(first.url)
    const half = connect(Number(port), hostname).on('error', () => undefined)
    half.write(`PUT ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-length: ${upload.length}\r\n\r\n`)
    half.write(upload.subarray(0, 500_000))
    await until('the upload has begun', async () => (await drafts(home)).length > 0)
    await first.kill()
    half.destroy()
  }
  assert.equal((await drafts(home)).length, 1)
  await cp(home, copy, { recursive: true, filter: (from) => !from.endsWith('.sock') })

  await using restored = await startRegistry(copy)
  assert.deepEqual(await drafts(copy), [])
  // The token came with the copy.
  using client = clientOf(restored.url, token)
  const { envelopes: found } = await client.registry.find(NAME, never)
  assert.deepEqual(found.map((bytes) => Buffer.from(bytes)), envelopes.map((bytes) => Buffer.from(bytes)))
  const bytes = await Array.fromAsync(client.registry.open(blob, { offset: 0, length: blob.sizeBytes }, never))
  assert.deepEqual(Buffer.concat(bytes), Buffer.from(archive))
  assert.equal((await fetch(`${restored.url}${path}`)).status, 404)
  const again = await fetch(`${restored.url}${path}`, { method: 'PUT', body: Buffer.from(upload), headers: { authorization: `Bearer ${token}` } })
  assert.equal(again.status, 201)
  await again.text()
})
